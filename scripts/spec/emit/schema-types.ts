import ts from "typescript";
import type { OpenApi } from "../openapi.js";
import { positionsOf } from "../positions.js";
import { BANNER } from "./banner.js";
import type { Base } from "./base.js";
import { withoutComments } from "./comments.js";
import { type Declaration, declared, importTypes, reexport, textOf, without } from "./declaration.js";
import { memberOf, membersOf, nameOf } from "./members.js";
import { acceptUndefined, orUndefined } from "./optional-fields.js";
import type { TypeNodes } from "./type-nodes.js";

/** A binary body, as the types of Node, of the DOM and of libraries describe it: their streams yield text, too. */
const BINARY_BODY: readonly Declaration[] = [
  {
    name: "BinaryBody",
    text: `/** Bytes to send, at once or as a stream: a Node or web stream, or any async iterable. Text is sent as UTF-8. */
export type BinaryBody = Uint8Array | AsyncIterable<Uint8Array | string> | NodeStream | WebStream;

`,
    uses: ["NodeStream", "WebStream"],
  },
  {
    name: "NodeStream",
    text: `/** A Node stream of bytes or text, also where the types of a library do not say what it yields. */
export interface NodeStream extends AsyncIterable<unknown> {
    /** Whether it can still be read. */
    readonly readable: boolean;
    /** Writes all it yields to another stream. */
    pipe(destination: NodeJS.WritableStream): unknown;
}

`,
    uses: [],
  },
  {
    name: "WebStream",
    text: `/** A web stream of bytes, whose type in the DOM cannot be iterated. */
export interface WebStream {
    /** Locks the stream and reads it. */
    getReader(): {
        read(): Promise<{
            done: boolean;
            value?: Uint8Array | undefined;
        }>;
    };
}

`,
    uses: [],
  },
];

const { factory } = ts;
const EXPORTED = [factory.createModifier(ts.SyntaxKind.ExportKeyword)];

/**
 * What generated/schema.ts declares: an interface per schema, under its own name. Interfaces, because editors and compiler
 * messages show their names; aliases of nested types would be expanded.
 */
export function readSchemas(document: OpenApi, { schemas }: TypeNodes): Declaration[] {
  const positions = positionsOf(document);
  const statements = schemas.map((member) => {
    const name = nameOf(member);
    const type = member.type as ts.TypeNode;
    return declared(name, declaration(name, positions(name).request ? acceptUndefined(type) : type, member));
  });
  return [...BINARY_BODY, ...statements];
}

/** Emits generated/schema.ts; on a base, only what differs from it. */
export function emitSchemas(schemas: readonly Declaration[], base?: Base): string {
  if (!base) return `${BANNER}\n${textOf(schemas)}`;
  const { own, same } = base.schemas;
  const module = `${base.path}schema.js`;
  return `${BANNER}\n${importTypes(own, same, module)}${reexport(same, module)}\n${textOf(own)}`;
}

/**
 * What generated/operation-types.ts declares: the parameters and bodies of each operation, and the content of its answers.
 * Our words on them are in options.ts, schema.ts and client.ts.
 */
export function readOperationTypes({ operations }: TypeNodes): Declaration[] {
  const members = operations?.members.filter(ts.isPropertySignature) ?? [];
  return members.map((member) => declared(nameOf(member), asMocked(withoutComments(member))));
}

/** An operation with the types of its answers in place of their headers and media types; none of them reads cookies. */
function asMocked(operation: ts.PropertySignature): ts.PropertySignature {
  const answers = membersOf(operation.type, "responses").map((answer) =>
    withType(answer, contentOf(answer) ?? factory.createKeywordTypeNode(ts.SyntaxKind.UndefinedKeyword)),
  );
  const places = membersOf(operation.type, "parameters").filter((place) => nameOf(place) !== "cookie");
  const body = memberOf(operation.type, "requestBody");
  const members = [
    withMembers(memberOf(operation.type, "parameters"), places),
    body,
    withMembers(memberOf(operation.type, "responses"), answers),
  ];
  return withType(operation, factory.createTypeLiteralNode(members.filter((member) => member !== undefined)));
}

/** What the content of an answer may be; undefined if it has none. */
function contentOf(answer: ts.PropertySignature): ts.TypeNode | undefined {
  const types = membersOf(answer.type, "content").flatMap(({ type }) => type ?? []);
  return types.length > 1 ? factory.createUnionTypeNode(types) : types[0];
}

const withMembers = (
  member: ts.PropertySignature | undefined,
  members: readonly ts.PropertySignature[],
): ts.PropertySignature | undefined => member && withType(member, factory.createTypeLiteralNode(members));

const withType = (
  { modifiers, name, questionToken }: ts.PropertySignature,
  type: ts.TypeNode,
): ts.PropertySignature => factory.createPropertySignature(modifiers, name, questionToken, type);

/** Emits generated/operation-types.ts, for the mock kit. */
export function emitOperationTypes(
  operations: readonly Declaration[],
  schemas: readonly string[],
  base?: Base,
): string {
  const own = base?.operationTypes.own ?? operations;
  const imports =
    importTypes(own, schemas, "./schema.js") +
    (base ? `import type { operations as Base } from "${base.path}operation-types.js";\n` : "");
  return `${BANNER}\n${imports}${imports && "\n"}export interface operations${base ? ` extends ${without("Base", base.operationTypes)}` : ""} {
${textOf(own).replace(/^(?=.)/gm, "    ")}}
`;
}

/** An exported interface, or an alias for anything but an object. */
function declaration(name: string, type: ts.TypeNode, documented: ts.Node): ts.Statement {
  const parts = ts.isIntersectionTypeNode(type) ? [...type.types] : [type];
  const bases = parts.filter((part): part is ts.TypeReferenceNode => ts.isTypeReferenceNode(part));
  const objects = parts.filter(ts.isTypeLiteralNode).flatMap(({ members }) => [...members]);
  const isInterface =
    parts.every((part) => ts.isTypeLiteralNode(part) || bases.includes(part as ts.TypeReferenceNode)) &&
    objects.some(ts.isPropertySignature);
  const members = objects.map((member) =>
    // Next to named fields, the type of other keys must include theirs.
    ts.isIndexSignatureDeclaration(member) && objects.some(mayBeUndefined)
      ? factory.updateIndexSignature(member, member.modifiers, member.parameters, orUndefined(member.type))
      : member,
  );
  const heritage = bases.map(({ typeName }) =>
    factory.createExpressionWithTypeArguments(typeName as ts.Identifier, undefined),
  );
  const statement = isInterface
    ? factory.createInterfaceDeclaration(
        EXPORTED,
        name,
        undefined,
        heritage.length > 0
          ? [factory.createHeritageClause(ts.SyntaxKind.ExtendsKeyword, heritage)]
          : undefined,
        members,
      )
    : factory.createTypeAliasDeclaration(EXPORTED, name, undefined, type);
  return ts.setSyntheticLeadingComments(statement, ts.getSyntheticLeadingComments(documented));
}

const mayBeUndefined = (member: ts.TypeElement): boolean =>
  ts.isPropertySignature(member) &&
  member.type !== undefined &&
  ts.isUnionTypeNode(member.type) &&
  member.type.types.some(({ kind }) => kind === ts.SyntaxKind.UndefinedKeyword);
