import { isDeepStrictEqual } from "node:util";
import { isObject, type OpenApi, resolve } from "../openapi.js";

/** An OpenAPI 3.1 schema. */
export type Schema = Readonly<Record<string, unknown>>;

/** The parts of a schema that determine a type. */
export interface Shape {
  /** The JSON types it allows, including null; empty for any value. TypeScript treats integers as numbers. */
  readonly types: readonly string[];
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
  readonly items: Schema | undefined;
  /** The type of values under arbitrary keys. */
  readonly values: Schema | undefined;
  readonly hasValues: boolean;
  readonly enum: readonly unknown[] | undefined;
  /** Alternatives other than one schema and null. */
  readonly alternatives: readonly Schema[];
  readonly deprecated: boolean;
  readonly default: unknown;
  /** Bytes rather than text. */
  readonly binary: boolean;
  /** What the compiler ignores: formats, limits, patterns. */
  readonly limits: Schema;
}

const LIMITS = ["format", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"];

export function shapeOf(document: OpenApi, schema: Schema): Shape {
  const { bare, isNull } = withoutNull(document, flattened(document, schema));
  const types = [bare.type ?? (bare.properties || bare.additionalProperties ? "object" : [])].flat();
  const known = types.map((type) => (type === "integer" ? "number" : String(type)));
  // A wide integer is a bigint where a number would be rounded.
  const named = bare["x-wide"] === true ? [...known, "bigint"] : known;
  const values = bare.additionalProperties;
  return {
    types: [...new Set(isNull && named.length > 0 ? [...named, "null"] : named)].sort(),
    properties: (bare.properties ?? {}) as Shape["properties"],
    required: (bare.required ?? []) as string[],
    items: bare.items as Schema | undefined,
    values: isObject(values) ? values : undefined,
    hasValues: values === true || isObject(values),
    enum: (bare.enum as unknown[] | undefined)?.filter((value) => value !== null),
    alternatives: (bare.oneOf ?? bare.anyOf ?? []) as Schema[],
    deprecated: bare.deprecated === true,
    default: bare.default,
    binary: bare.contentMediaType === "application/octet-stream",
    limits: Object.fromEntries(LIMITS.filter((key) => key in bare).map((key) => [key, bare[key]])),
  };
}

/** The name a schema refers to, alone or with null. */
export function referenceOf(schema: Schema): { readonly ref: string | undefined; readonly isNull: boolean } {
  const alternatives = [schema.oneOf ?? schema.anyOf ?? schema].flat() as Schema[];
  const [only, ...more] = alternatives.filter((one) => !isDeepStrictEqual(one, NULL));
  const ref = more.length === 0 && only?.$ref !== undefined ? String(only.$ref) : undefined;
  return { ref, isNull: alternatives.some((one) => isDeepStrictEqual(one, NULL)) };
}

const NULL = { type: "null" };

/** A schema with its reference resolved and its allOf merged. */
function flattened(document: OpenApi, schema: Schema): Schema {
  if (typeof schema.$ref === "string") {
    const { $ref, ...beside } = schema;
    return { ...flattened(document, resolve(document, $ref as string) as Schema), ...beside };
  }
  if (!Array.isArray(schema.allOf)) return schema;
  const { allOf, ...rest } = schema;
  const parts = [...(allOf as Schema[]), rest].map((part) => flattened(document, part));
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties ?? {})),
    required: parts.flatMap(({ required }) => (required ?? []) as string[]),
  };
}

/** Removes the alternative null; a single remaining one becomes the schema. */
function withoutNull(document: OpenApi, schema: Schema): { bare: Schema; isNull: boolean } {
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (!Array.isArray(alternatives)) return { bare: schema, isNull: false };
  const others = (alternatives as Schema[]).filter((one) => !isDeepStrictEqual(one, NULL));
  const isNull = others.length < alternatives.length;
  const { oneOf: _, anyOf: __, ...rest } = schema;
  const [only] = others;
  if (others.length === 1 && only) return { bare: { ...flattened(document, only), ...rest }, isNull };
  return { bare: { ...rest, oneOf: others }, isNull };
}
