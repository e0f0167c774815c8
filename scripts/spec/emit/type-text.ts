import { schemaName } from "../openapi.js";

/** A schema as far as its type is concerned. */
export interface TypedSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly items?: TypedSchema;
  readonly oneOf?: readonly TypedSchema[];
  readonly additionalProperties?: TypedSchema | boolean;
  readonly contentMediaType?: string;
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: "string",
  boolean: "boolean",
  integer: "number",
  number: "number",
  null: "null",
};

/** The type of a body by the names that schema.ts exports; undefined if it has no short one. */
export function typeText(schema: TypedSchema): string | undefined {
  if (schema.$ref !== undefined) return schemaName(schema.$ref);
  if (schema.contentMediaType === "application/octet-stream") return "BinaryBody";
  if (schema.oneOf) return union(schema.oneOf.map(typeText));
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return undefined;
  return union(
    types.map((type) => {
      if (type === "array") return listOf(schema.items && typeText(schema.items));
      if (type === "object") return mapOf(schema.additionalProperties);
      return PRIMITIVES[type];
    }),
  );
}

const listOf = (item: string | undefined): string | undefined =>
  item && (item.includes("|") ? `(${item})[]` : `${item}[]`);

function mapOf(values: TypedSchema | boolean | undefined): string | undefined {
  const type = typeof values === "object" ? typeText(values) : undefined;
  return type && `Record<string, ${type}>`;
}

const union = (types: readonly (string | undefined)[]): string | undefined =>
  types.includes(undefined) ? undefined : [...new Set(types)].join(" | ");

/** The names of schema.ts in a type. */
export const namesIn = (type: string): string[] =>
  [...type.matchAll(/\b[A-Z]\w*\b/g)].map(([name]) => name).filter((name) => name !== "Record");
