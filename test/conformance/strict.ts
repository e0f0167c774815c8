/** A schema of JSON Schema 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

type Schemas = Readonly<Record<string, JsonSchema>>;

/** Keywords whose schemas are about the same value; those of all others are about its parts. */
const SAME_VALUE = ["allOf", "anyOf", "oneOf"] as const;
const PREFIX = "#/components/schemas/";

/**
 * A copy of a schema that knows no properties but those it names. An object is closed where a value begins, so that the
 * parts of an `allOf` may add to each other; one that names no property at all stays open, as it means any object.
 */
export function strictly(schema: JsonSchema, components: Schemas): JsonSchema {
  const open = strictParts(schema, components);
  return namesProperties(schema, components) ? { ...open, unevaluatedProperties: false } : open;
}

/** The schema as it is, with the schemas of its properties and items made strict. What a `$ref` leads to stays there. */
export function strictParts(schema: JsonSchema, components: Schemas): JsonSchema {
  const strict = (part: unknown): unknown => (isSchema(part) ? strictly(part, components) : part);
  const copy: Record<string, unknown> = { ...schema };
  for (const keyword of SAME_VALUE) {
    if (schema[keyword]) copy[keyword] = schemasOf(schema[keyword]).map((s) => strictParts(s, components));
  }
  for (const keyword of ["items", "additionalProperties"]) {
    if (keyword in schema) copy[keyword] = strict(schema[keyword]);
  }
  if (isSchema(schema.properties)) {
    const entries = Object.entries(schema.properties).map(([name, part]) => [name, strict(part)]);
    copy.properties = Object.fromEntries(entries);
  }
  return copy;
}

function namesProperties(schema: JsonSchema, components: Schemas, seen = new Set<JsonSchema>()): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  if (isSchema(schema.properties) && Object.keys(schema.properties).length > 0) return true;
  const reference = typeof schema.$ref === "string" && components[schema.$ref.slice(PREFIX.length)];
  const same = [
    ...(reference ? [reference] : []),
    ...SAME_VALUE.flatMap((keyword) => schemasOf(schema[keyword])),
  ];
  return same.some((part) => namesProperties(part, components, seen));
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === "object" && value !== null;
const schemasOf = (value: unknown): readonly JsonSchema[] => (Array.isArray(value) ? value : []);
