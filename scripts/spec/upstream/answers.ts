import { isObject, type OpenApi, resolve } from "../openapi.js";

/** What an Engine answered to an operation with a status, over all that was recorded. */
export interface Answer {
  /** The Engine's version and image store. */
  readonly engine: string;
  readonly operation: string;
  readonly status: number;
  readonly mediaType?: string | undefined;
  /**
   * The JSON types seen of each field, and "absent". A path has "[]" for the items of a list, and "*" for what is in a map:
   * `[]/NetworkSettings/Networks/*\/Links`.
   */
  readonly fields: Readonly<Record<string, string>>;
}

/** A schema and its place in a document, as a JSON pointer. */
export interface PlacedSchema {
  readonly schema: Record<string, unknown>;
  readonly place: string;
}

/** The parts of a schema that are about the same value: itself, what it refers to, and what these combine. */
export function partsOf(document: object, { schema, place }: PlacedSchema): PlacedSchema[] {
  const { $ref } = schema;
  const referred = typeof $ref === "string" ? resolve(document as OpenApi, $ref) : undefined;
  const inner = ["allOf", "oneOf", "anyOf"].flatMap((word) =>
    (Array.isArray(schema[word]) ? schema[word] : []).map((part, index) => ({
      schema: part,
      place: `${place}/${word}/${index}`,
    })),
  );
  const target = { schema: referred as PlacedSchema["schema"], place: String($ref) };
  return [
    { schema, place },
    ...[...inner, ...(isObject(referred) ? [target] : [])].flatMap((part) => partsOf(document, part)),
  ];
}

/** The schemas of what a step of a field's path leads to. */
export function step(document: object, parent: PlacedSchema, name: string): PlacedSchema[] {
  return partsOf(document, parent).flatMap(({ schema, place }) => {
    if (name === "[]") return placed(schema.items, `${place}/items`);
    if (name === "*") return placed(schema.additionalProperties, `${place}/additionalProperties`);
    const properties = isObject(schema.properties) ? schema.properties : {};
    return placed(properties[name], `${place}/properties/${name}`);
  });
}

const placed = (schema: unknown, place: string): PlacedSchema[] =>
  isObject(schema) ? [{ schema, place }] : [];
