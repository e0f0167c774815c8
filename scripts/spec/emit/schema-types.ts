import openapiTypescript, { astToString } from "openapi-typescript";
import ts from "typescript";
import { copyOf, isObject, type OpenApi, operationsOf } from "../openapi.js";
import { positionsOf } from "../positions.js";
import { BANNER } from "./banner.js";

/** A binary body. Node and web streams are async iterables. */
const BINARY_BODY = `/** Bytes to send, at once or as a stream: a Node or web stream, or any async iterable. */
export type BinaryBody = Uint8Array | AsyncIterable<Uint8Array>;
`;

const { factory } = ts;

/**
 * Emits generated/schema.ts: an interface per schema, under its own name, and the parameters, bodies and answers of all
 * operations. Interfaces, because editors and compiler messages show their names; aliases of nested types would be expanded.
 */
export async function emitTypes(document: OpenApi): Promise<string> {
  const nodes = await openapiTypescript(forTypes(document) as never, {
    alphabetize: true,
    defaultNonNullable: false,
    silent: true,
    transform: (schema) => binary(schema) ?? wideInteger(schema) ?? time(schema),
    postTransform: openUnion,
  });
  const interfaces = nodes.filter(ts.isInterfaceDeclaration);
  const components = interfaces.find(({ name }) => name.text === "components");
  const operations = interfaces.find(({ name }) => name.text === "operations");
  const named = referToNames(components);
  const positions = positionsOf(document);
  const schemas = membersOf(components, "schemas").map((member) => {
    const name = nameOf(member);
    const type = named(member.type as ts.TypeNode);
    return declaration(name, positions(name).request ? acceptUndefined(type) : type, member);
  });
  const statements = [...schemas, ...(operations ? [withUndefinedArguments(named(operations))] : [])];
  return `${BANNER}\n${BINARY_BODY}\n${astToString(statements.map(plainComments))}`;
}

interface ParameterShape {
  readonly "x-encoding"?: string;
  readonly content?: object;
  schema?: unknown;
}

/**
 * Adapts the document for openapi-typescript: it only types a parameter's `schema`; one with `content` would become a string.
 * Formats and defaults are dropped, because they would be added to the comments, where our words already state them.
 */
function forTypes(document: OpenApi): OpenApi {
  const copy = copyOf(document);
  for (const { operation } of operationsOf(copy)) {
    for (const parameter of (operation.parameters ?? []) as ParameterShape[]) {
      const [content] = Object.values(parameter.content ?? {});
      if (content) parameter.schema = content.schema;
      if (parameter["x-encoding"] === "time") parameter.schema = { type: "string", "x-time": true };
    }
  }
  dropRemarks(copy);
  return copy;
}

function dropRemarks(value: unknown, keysAreNames = false): void {
  if (Array.isArray(value)) for (const item of value) dropRemarks(item);
  if (!isObject(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (!keysAreNames && REMARKS.has(key)) delete value[key];
    else dropRemarks(child, !keysAreNames && (key === "properties" || key === "schemas"));
  }
}

const REMARKS = new Set(["title", "format", "default"]);

/** The members of a member of an interface, such as `schemas` of `components`. */
function membersOf(parent: ts.InterfaceDeclaration | undefined, key: string): ts.PropertySignature[] {
  const found = parent?.members.filter(ts.isPropertySignature).find((member) => nameOf(member) === key);
  return found?.type && ts.isTypeLiteralNode(found.type)
    ? found.type.members.filter(ts.isPropertySignature)
    : [];
}

const nameOf = ({ name }: ts.PropertySignature): string =>
  ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text.replace(/^"(.*)"$/, "$1") : "";

/** Replaces `components["schemas"]["Box"]` by `Box`, and a shared request body by its type. */
function referToNames(components: ts.InterfaceDeclaration | undefined): <T extends ts.Node>(node: T) => T {
  const bodies = new Map(
    membersOf(components, "requestBodies").map((member) => [nameOf(member), member.type as ts.TypeNode]),
  );
  const visit = (node: ts.Node): ts.Node => {
    const [kind, name] = componentOf(node) ?? [];
    if (kind === "schemas" && name) return factory.createTypeReferenceNode(name);
    const body = kind === "requestBodies" && name ? bodies.get(name) : undefined;
    return ts.visitEachChild(body ?? node, visit, undefined);
  };
  return (node) => visit(node) as typeof node;
}

/** The kind and name of the component that a type refers to. */
function componentOf(node: ts.Node): [kind: string, name: string] | undefined {
  if (!ts.isIndexedAccessTypeNode(node) || !ts.isIndexedAccessTypeNode(node.objectType)) return undefined;
  const [root, kind, name] = [node.objectType.objectType, node.objectType.indexType, node.indexType];
  if (!ts.isTypeReferenceNode(root) || !ts.isIdentifier(root.typeName)) return undefined;
  return root.typeName.text === "components" ? [textOf(kind), textOf(name)] : undefined;
}

/** openapi-typescript represents a string type as an identifier with quotes, or as a literal. */
const textOf = (node: ts.Node): string => {
  const inner = ts.isLiteralTypeNode(node)
    ? node.literal
    : ts.isTypeReferenceNode(node)
      ? node.typeName
      : node;
  return ts.isIdentifier(inner) || ts.isStringLiteral(inner) ? inner.text.replace(/^"(.*)"$/, "$1") : "";
};

/** An exported interface, or an alias for anything but an object. */
function declaration(name: string, type: ts.TypeNode, documented: ts.Node): ts.Statement {
  const exported = [factory.createModifier(ts.SyntaxKind.ExportKeyword)];
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
        exported,
        name,
        undefined,
        heritage.length > 0
          ? [factory.createHeritageClause(ts.SyntaxKind.ExtendsKeyword, heritage)]
          : undefined,
        members,
      )
    : factory.createTypeAliasDeclaration(exported, name, undefined, type);
  return ts.setSyntheticLeadingComments(statement, ts.getSyntheticLeadingComments(documented));
}

/** Lets every optional property be undefined: users often assemble requests from optional values. */
function acceptUndefined<T extends ts.Node>(node: T): T {
  const visit = (child: ts.Node): ts.Node => {
    const visited = ts.visitEachChild(child, visit, undefined);
    if (!ts.isPropertySignature(visited) || !visited.questionToken || !visited.type) return visited;
    const { modifiers, name, questionToken, type } = visited;
    return factory.updatePropertySignature(visited, modifiers, name, questionToken, orUndefined(type));
  };
  return visit(node) as T;
}

const mayBeUndefined = (member: ts.TypeElement): boolean =>
  ts.isPropertySignature(member) &&
  member.type !== undefined &&
  ts.isUnionTypeNode(member.type) &&
  member.type.types.some(({ kind }) => kind === ts.SyntaxKind.UndefinedKeyword);

function orUndefined(type: ts.TypeNode): ts.TypeNode {
  if (type.kind === ts.SyntaxKind.NeverKeyword) return type;
  const types = ts.isUnionTypeNode(type) ? [...type.types] : [type];
  return factory.createUnionTypeNode([
    ...types,
    factory.createKeywordTypeNode(ts.SyntaxKind.UndefinedKeyword),
  ]);
}

const ARGUMENTS = new Set(["query", "header", "requestBody"]);

/** The same for the parameters and bodies of operations, but not for their answers. */
function withUndefinedArguments(operations: ts.InterfaceDeclaration): ts.InterfaceDeclaration {
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isPropertySignature(node) && ARGUMENTS.has(nameOf(node)) && node.type) {
      const { modifiers, name, questionToken, type } = node;
      return factory.updatePropertySignature(node, modifiers, name, questionToken, acceptUndefined(type));
    }
    if (ts.isPropertySignature(node) && nameOf(node) === "responses") return node;
    return ts.visitEachChild(node, visit, undefined);
  };
  return visit(operations) as ts.InterfaceDeclaration;
}

/** Puts our words first and without a tag: after `@deprecated` they would be part of it. */
function plainComments<T extends ts.Node>(node: T): T {
  const comments = ts.getSyntheticLeadingComments(node);
  if (comments) {
    const plain = comments.map((comment) => ({ ...comment, text: plainComment(comment.text) }));
    ts.setSyntheticLeadingComments(
      node,
      plain.filter(({ text }) => text !== ""),
    );
  }
  ts.forEachChild(node, (child) => void plainComments(child));
  return node;
}

function plainComment(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/^\s*\*?\s?/, "").trim())
    .filter(Boolean);
  const isTag = (line: string): boolean => /^@(?!description)/.test(line);
  const words = lines.filter((line) => !isTag(line)).map((line) => line.replace(/^@description /, ""));
  const tags = lines.filter((line) => isTag(line) && !/^@(enum|constant)/.test(line));
  const all = [...words, ...tags];
  if (all.length === 0) return "";
  return all.length > 1 ? `*\n${all.map((line) => ` * ${line}\n`).join("")} ` : `* ${all.join("")} `;
}

function binary(schema: object): ts.TypeNode | undefined {
  if ((schema as { contentMediaType?: string }).contentMediaType !== "application/octet-stream")
    return undefined;
  return factory.createTypeReferenceNode("BinaryBody");
}

/** An integer that may be wider than a number can hold exactly; our overlays say which. */
function wideInteger(schema: object): ts.TypeNode | undefined {
  if (!("x-wide" in schema)) return undefined;
  return factory.createUnionTypeNode([
    factory.createKeywordTypeNode(ts.SyntaxKind.NumberKeyword),
    factory.createKeywordTypeNode(ts.SyntaxKind.BigIntKeyword),
  ]);
}

/** A moment, which the SDK encodes for the Engine. */
function time(schema: object): ts.TypeNode | undefined {
  if (!("x-time" in schema)) return undefined;
  return factory.createUnionTypeNode([
    factory.createTypeReferenceNode("Date"),
    factory.createKeywordTypeNode(ts.SyntaxKind.NumberKeyword),
    factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword),
  ]);
}

/**
 * Opens a union of strings: editors offer the known values, and a newer Engine's additional ones still type-check.
 */
function openUnion(type: ts.TypeNode): ts.TypeNode | undefined {
  const members = ts.isUnionTypeNode(type) ? [...type.types] : [type];
  const strings = members.filter(isString);
  const others = members.filter((member) => !strings.includes(member));
  if (strings.length === 0 || !others.every(isNull)) return undefined;
  const open = factory.createIntersectionTypeNode([
    factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword),
    factory.createTypeLiteralNode([]),
  ]);
  return factory.createUnionTypeNode([...strings, factory.createParenthesizedType(open), ...others]);
}

/** openapi-typescript represents a string type as an identifier with quotes. */
const isString = (type: ts.Node): boolean => ts.isIdentifier(type) && type.text.startsWith('"');

const isNull = (type: ts.TypeNode): boolean =>
  ts.isLiteralTypeNode(type) && type.literal.kind === ts.SyntaxKind.NullKeyword;
