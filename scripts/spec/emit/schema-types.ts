import { astToString } from "openapi-typescript";
import ts from "typescript";
import type { OpenApi } from "../openapi.js";
import { positionsOf } from "../positions.js";
import { BANNER } from "./banner.js";
import { plainComments } from "./comments.js";
import { nameOf } from "./members.js";
import { acceptUndefined, orUndefined } from "./optional-fields.js";
import type { TypeNodes } from "./type-nodes.js";

/** A binary body, as the types of Node, of the DOM and of libraries describe it: their streams yield text, too. */
const BINARY_BODY = `/** Bytes to send, at once or as a stream: a Node or web stream, or any async iterable. Text is sent as UTF-8. */
export type BinaryBody = Uint8Array | AsyncIterable<Uint8Array | string> | NodeStream | WebStream;

/** A Node stream of bytes or text, also where the types of a library do not say what it yields. */
export interface NodeStream extends AsyncIterable<unknown> {
    readonly readable: boolean;
    pipe(destination: NodeJS.WritableStream): unknown;
}

/** A web stream of bytes, whose type in the DOM cannot be iterated. */
export interface WebStream {
    getReader(): {
        read(): Promise<{
            done: boolean;
            value?: Uint8Array | undefined;
        }>;
    };
}
`;

const { factory } = ts;
const EXPORTED = [factory.createModifier(ts.SyntaxKind.ExportKeyword)];

/**
 * Emits generated/schema.ts: an interface per schema, under its own name. Interfaces, because editors and compiler messages
 * show their names; aliases of nested types would be expanded.
 */
export function emitSchemas(document: OpenApi, { schemas }: TypeNodes): string {
  const positions = positionsOf(document);
  const statements = schemas.map((member) => {
    const name = nameOf(member);
    const type = member.type as ts.TypeNode;
    return declaration(name, positions(name).request ? acceptUndefined(type) : type, member);
  });
  return `${BANNER}\n${BINARY_BODY}\n${astToString(statements.map(plainComments))}`;
}

/** Emits generated/operation-types.ts: the parameters, bodies and answers of all operations, for the mock kit. */
export function emitOperationTypes(types: TypeNodes): string {
  const operations =
    types.operations ?? factory.createInterfaceDeclaration(EXPORTED, "operations", [], [], []);
  return `${BANNER}\n${importSchemas([operations], types)}${astToString(plainComments(operations))}`;
}

/** The import of the schemas that statements name; empty if they name none. */
export function importSchemas(statements: readonly ts.Node[], { schemas }: TypeNodes): string {
  const used = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) used.add(node.typeName.text);
    ts.forEachChild(node, visit);
  };
  statements.forEach(visit);
  const names = ["BinaryBody", ...schemas.map(nameOf)].filter((name) => used.has(name));
  return names.length > 0 ? `import type { ${names.join(", ")} } from "./schema.js";\n\n` : "";
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
