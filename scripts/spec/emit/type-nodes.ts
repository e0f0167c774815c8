import openapiTypescript from "openapi-typescript";
import ts from "typescript";
import { copyOf, isObject, type OpenApi, operationsOf } from "../openapi.js";
import { membersOf, nameOf } from "./members.js";
import { withUndefinedArguments } from "./optional-fields.js";

const { factory } = ts;

/** What openapi-typescript makes of a document, with schemas referred to by name. */
export interface TypeNodes {
  /** The members of `components.schemas`, a schema each. */
  readonly schemas: readonly ts.PropertySignature[];
  /** The parameters, bodies and answers of all operations; nothing if there are none. */
  readonly operations: ts.InterfaceDeclaration | undefined;
}

/** Reads the types of a document. */
export async function readTypes(document: OpenApi): Promise<TypeNodes> {
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
  return {
    schemas: membersOf(components, "schemas").map(named),
    operations: operations && withUndefinedArguments(named(operations)),
  };
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

/** Replaces `components["schemas"]["Box"]` by `Box`, and a shared request body by its type. */
function referToNames(components: ts.InterfaceDeclaration | undefined): <T extends ts.Node>(node: T) => T {
  const bodies = new Map(
    membersOf(components, "requestBodies").map((member) => [nameOf(member), member.type as ts.TypeNode]),
  );
  const visit = (node: ts.Node): ts.Node => {
    const [kind, name] = componentOf(node) ?? [];
    if (kind === "schemas" && name) return factory.createTypeReferenceNode(name);
    const body = kind === "requestBodies" && name ? bodies.get(name) : undefined;
    if (ts.isIntersectionTypeNode(node)) return ts.visitEachChild(node, visitPart, undefined);
    return asRecord(ts.visitEachChild(body ?? node, visit, undefined));
  };
  /** Arbitrary keys next to named fields stay what they are. */
  const visitPart = (node: ts.Node): ts.Node =>
    ts.isTypeLiteralNode(node) ? ts.visitEachChild(node, visit, undefined) : visit(node);
  return (node) => visit(node) as typeof node;
}

/** A map as a Record, which editors and messages show on one line. */
function asRecord(node: ts.Node): ts.Node {
  const [values, ...others] = ts.isTypeLiteralNode(node) ? node.members : [];
  if (!values || !ts.isIndexSignatureDeclaration(values) || others.length > 0) return node;
  const text = factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword);
  return factory.createTypeReferenceNode("Record", [text, values.type]);
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
