import { isObject } from "../openapi.js";

/** What a correction says that a Swagger 2.0 document cannot, or need not: the reason. */
export class Untold {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

const FOR_CLIENTS = "It tells the client that is made of the description how to work.";
const SEVERAL_TYPES = "Swagger 2.0 gives a value one type.";
const JSON_PARAMETER = "Swagger 2.0 cannot describe a parameter that is written as JSON.";
const DEPRECATED = "Swagger 2.0 cannot mark a parameter as deprecated.";

const SCHEMAS = "#/components/schemas/";
const NULL = "null";

/** The fields whose keys are names that the description chose, of schemas. */
const SCHEMA_MAPS = ["properties"];
const SCHEMA_FIELDS = ["items", "additionalProperties"];

/** An update of an OpenAPI 3.1 schema as one of a Swagger 2.0 schema. */
export function swaggerSchema(update: unknown): Record<string, unknown> | Untold {
  const schema: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(update as object)) {
    if (key === "type" && Array.isArray(value)) {
      const [type, ...others] = value.filter((one) => one !== NULL);
      if (type === undefined || others.length > 0) return new Untold(SEVERAL_TYPES);
      schema.type = type;
      if (value.includes(NULL)) schema["x-nullable"] = true;
    } else if (key === "nullable") schema["x-nullable"] = value;
    else if (key === "contentMediaType") schema.format = "binary";
    else if (key === "$ref") schema.$ref = String(value).replace(SCHEMAS, "#/definitions/");
    else if (SCHEMA_MAPS.includes(key)) {
      const fields = swaggerSchemas(value as object);
      if (fields instanceof Untold) return fields;
      schema[key] = fields;
    } else if (SCHEMA_FIELDS.includes(key) && isObject(value)) {
      const part = swaggerSchema(value);
      if (part instanceof Untold) return part;
      schema[key] = part;
    } else if (key === "oneOf" || key === "anyOf") return new Untold(`Swagger 2.0 has no ${key}.`);
    // Swagger 2.0 deprecates nothing but operations.
    else if (key !== "deprecated" && !key.startsWith("x-")) schema[key] = value;
  }
  return told(schema, update);
}

/** Schemas by name. */
export function swaggerSchemas(updates: object): Record<string, unknown> | Untold {
  const schemas: Record<string, unknown> = {};
  for (const [name, update] of Object.entries(updates)) {
    const schema = swaggerSchema(update);
    if (schema instanceof Untold) return schema;
    schemas[name] = schema;
  }
  return schemas;
}

/** An update of a parameter, whose schema Swagger 2.0 writes beside its name. */
export function swaggerParameter(update: unknown): Record<string, unknown> | Untold {
  const { content, deprecated, explode, schema, ...rest } = update as Record<string, unknown>;
  if (content) return new Untold(JSON_PARAMETER);
  if (deprecated) return new Untold(DEPRECATED);
  const type = schema === undefined ? {} : swaggerSchema(schema);
  if (type instanceof Untold) return type;
  if ("$ref" in type || type.type === "object" || "$ref" in Object(type.items))
    return new Untold(JSON_PARAMETER);
  const own = Object.entries(rest).filter(([key]) => !key.startsWith("x-"));
  return told(
    { ...Object.fromEntries(own), ...type, ...(explode ? { collectionFormat: "multi" } : {}) },
    update,
  );
}

/** The headers of an answer. */
export function swaggerHeaders(headers: object): Record<string, unknown> | Untold {
  return swaggerSchemas(
    Object.fromEntries(Object.entries(headers).map(([name, { schema }]) => [name, schema])),
  );
}

/** What is left of an update, unless that is nothing but there was something. */
const told = (rest: Record<string, unknown>, update: unknown): Record<string, unknown> | Untold =>
  Object.keys(rest).length === 0 && Object.keys(update as object).length > 0 ? new Untold(FOR_CLIENTS) : rest;
