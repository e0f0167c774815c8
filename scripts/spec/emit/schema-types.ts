import openapiTypescript, { astToString } from "openapi-typescript";
import ts from "typescript";
import { copyOf, type OpenApi, type Operation } from "../openapi.js";
import { BANNER } from "./banner.js";

/** How a body of bytes may be given. A Node stream and a web stream are async iterables. */
const BINARY_BODY = `/** Bytes to send: at once, or as a stream (a Node or web stream, or any async iterable). */
export type BinaryBody = Uint8Array | AsyncIterable<Uint8Array>;
`;

/** Emits generated/schema.ts: the types of every path, operation and schema. */
export async function emitTypes(document: OpenApi): Promise<string> {
  const nodes = await openapiTypescript(withParameterSchemas(document) as never, {
    alphabetize: true,
    defaultNonNullable: false,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    silent: true,
    transform: (schema) => binary(schema) ?? wideInteger(schema) ?? time(schema),
    postTransform: openUnion,
  });
  return `${BANNER}\n${BINARY_BODY}\n${astToString(nodes)}`;
}

interface ParameterShape {
  readonly "x-encoding"?: string;
  readonly content?: object;
  schema?: unknown;
}

/** openapi-typescript knows the type of a parameter's `schema` only; one with `content` would become a string. */
function withParameterSchemas(document: OpenApi): OpenApi {
  const copy = copyOf(document);
  for (const item of Object.values(copy.paths ?? {})) {
    for (const operation of Object.values(item) as Operation[]) {
      for (const parameter of (operation.parameters ?? []) as ParameterShape[]) {
        const [content] = Object.values(parameter.content ?? {});
        if (content) parameter.schema = content.schema;
        if (parameter["x-encoding"] === "time") parameter.schema = { type: "string", "x-time": true };
      }
    }
  }
  return copy;
}

function binary(schema: object): ts.TypeNode | undefined {
  if ((schema as { contentMediaType?: string }).contentMediaType !== "application/octet-stream")
    return undefined;
  return ts.factory.createTypeReferenceNode("BinaryBody");
}

/** An integer that may be wider than a number can hold exactly; our overlays say which. */
function wideInteger(schema: object): ts.TypeNode | undefined {
  if (!("x-wide" in schema)) return undefined;
  const { factory } = ts;
  return factory.createUnionTypeNode([
    factory.createKeywordTypeNode(ts.SyntaxKind.NumberKeyword),
    factory.createKeywordTypeNode(ts.SyntaxKind.BigIntKeyword),
  ]);
}

/** A moment, which the SDK writes as the Engine wants it. */
function time(schema: object): ts.TypeNode | undefined {
  if (!("x-time" in schema)) return undefined;
  const { factory } = ts;
  return factory.createUnionTypeNode([
    factory.createTypeReferenceNode("Date"),
    factory.createKeywordTypeNode(ts.SyntaxKind.NumberKeyword),
    factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword),
  ]);
}

/**
 * Makes a union of strings an open one: editors offer the known values, and one that a newer Engine invents still
 * has a type.
 */
function openUnion(type: ts.TypeNode): ts.TypeNode | undefined {
  const members = ts.isUnionTypeNode(type) ? [...type.types] : [type];
  const strings = members.filter(isString);
  const others = members.filter((member) => !strings.includes(member));
  if (strings.length === 0 || !others.every(isNull)) return undefined;
  const { factory } = ts;
  const open = factory.createIntersectionTypeNode([
    factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword),
    factory.createTypeLiteralNode([]),
  ]);
  return factory.createUnionTypeNode([...strings, factory.createParenthesizedType(open), ...others]);
}

/** openapi-typescript writes a string type as an identifier that carries its quotes. */
const isString = (type: ts.Node): boolean => ts.isIdentifier(type) && type.text.startsWith('"');

const isNull = (type: ts.TypeNode): boolean =>
  ts.isLiteralTypeNode(type) && type.literal.kind === ts.SyntaxKind.NullKeyword;
