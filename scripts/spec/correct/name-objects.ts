import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { copyOf, isObject, type OpenApi, operationsOf } from "../openapi.js";
import { parseYaml } from "../parse-yaml.js";
import { type Report, refuse } from "../report.js";
import { SpecError } from "../spec-error.js";
import { namesFile, type Workspace } from "../workspace.js";
import type { Docs } from "./docs.js";
import { freeName } from "./free-name.js";

/** Names of inline objects, by path. */
export type ObjectNames = Readonly<Record<string, string>>;

type Schema = Record<string, unknown>;

/** Where a schema is: the path under which names.yaml lists it, and the name it gets if it is not there. */
interface Place {
  readonly path: string;
  readonly name: string;
}

/** Reads spec/names.yaml. */
export async function loadNames(workspace: Workspace): Promise<ObjectNames> {
  const file = namesFile(workspace);
  const value = parseYaml(await readFile(file, "utf8"), file);
  if (isObject(value) && Object.values(value).every((name) => typeof name === "string"))
    return value as ObjectNames;
  throw new SpecError(`${file} must map paths of inline objects to names.`);
}

/**
 * Names every object that a schema or parameter holds inline, such as the ContainerSpec of a TaskSpec: users declare variables
 * of these types, and compiler messages print the name instead of all fields. Its words are those of spec/docs, or of the
 * field that holds it. Comes last, so that overlays, required.yaml and docs may tell the objects by their paths.
 */
export function nameObjects(
  document: OpenApi,
  names: ObjectNames,
  words: Docs["schemas"] = {},
  report: Report = refuse,
): OpenApi {
  const components = (document.components ?? {}) as { schemas?: Record<string, unknown> };
  const { schemas = {} } = components;
  const own = new Set(Object.keys(schemas));

  for (const name of own) {
    const schema = schemas[name] as Schema;
    for (const part of partsOf(schema)) nameFields(part, { path: name, name });
    nameHeld(schema, { path: name, name });
  }
  for (const { operation } of operationsOf(document)) {
    const { operationId: id } = operation;
    for (const parameter of (operation.parameters ?? []) as Parameter[]) {
      const place = { path: `${id}.${parameter.name}`, name: `${id}${capitalized(parameter.name)}` };
      for (const holder of [parameter, ...Object.values(parameter.content ?? {})]) {
        if (holder.schema) holder.schema = named(holder.schema, place, parameter.description);
      }
    }
  }
  return document;

  /** Names what the fields of an object hold. */
  function nameFields(schema: Schema, { path, name }: Place): void {
    const fields = (schema.properties ?? {}) as Record<string, Schema>;
    for (const [field, value] of Object.entries(fields)) {
      fields[field] = named(value, { path: `${path}.${field}`, name: name + capitalized(field) });
    }
  }

  /** Names what a list or map holds. */
  function nameHeld(schema: Schema, { path, name }: Place, description?: unknown): void {
    for (const key of ["items", "additionalProperties"]) {
      const held = schema[key];
      if (isObject(held)) schema[key] = named(held, { path, name: `${name}Item` }, description);
    }
  }

  /** The schema, or a reference to it under its new name. */
  function named(schema: Schema, place: Place, description = schema.description): Schema {
    if (!isObject(schema.properties)) {
      nameHeld(schema, place, description);
      return schema;
    }
    const name = names[place.path] ?? place.name;
    nameFields(schema, { path: place.path, name });
    return reference(schema, name, description);
  }

  function reference(schema: Schema, wanted: string, description: unknown): Schema {
    const types = [schema.type ?? "object"].flat();
    const target: Schema = {
      ...schema,
      type: "object",
      description: words[wanted]?.description ?? description,
    };
    let name = wanted;
    const twin = schemas[wanted];
    if (own.has(wanted) || (twin !== undefined && !isDeepStrictEqual(shape(twin), shape(target)))) {
      report(`Two objects are called ${wanted}; give one of them another name in spec/names.yaml.`);
      name = freeName(wanted, schemas);
    }
    schemas[name] ??= target;
    const $ref = `#/components/schemas/${name}`;
    const kept = schema.description === undefined ? {} : { description: schema.description };
    return types.includes("null") ? { ...kept, oneOf: [{ $ref }, { type: "null" }] } : { ...kept, $ref };
  }
}

interface Parameter {
  readonly name: string;
  readonly description?: string;
  schema?: Schema;
  readonly content?: Readonly<Record<string, { schema?: Schema }>>;
}

/** The parts of a schema that have fields of their own. */
const partsOf = (schema: Schema): Schema[] => [
  schema,
  ...[schema.allOf, schema.oneOf, schema.anyOf].flat().filter(isObject).flatMap(partsOf),
];

/** A schema without its words, which differ where it is used for different things. */
const shape = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(copyOf(schema), (key, value) => (key === "description" ? undefined : value)));

const capitalized = (name: string): string => name.replace(/^[a-z]/, (letter) => letter.toUpperCase());
