import { readdir, readFile } from "node:fs/promises";
import { STATUS_CODES } from "node:http";
import { join } from "node:path";
import { isObject, type OpenApi, operationsOf, type PlacedOperation, resolve } from "../openapi.js";
import { parseYaml } from "../parse-yaml.js";
import { SpecError } from "../spec-error.js";
import { docsFolder, type Workspace } from "../workspace.js";

/** Our words on an operation. */
export interface OperationDocs {
  readonly summary?: string;
  /** A call in TypeScript, of a `docker` that is there. */
  readonly example?: string;
  /** By name, wherever the parameter goes. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** By status; others get the shared words. */
  readonly statuses?: Readonly<Record<string, string>>;
}

/** Our words on a named schema. */
export interface SchemaDocs {
  readonly description?: string;
  /** By path: `Ports`, or `HostConfig.NetworkMode` for an inline object's, whether or not in a list or map. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** The contents of spec/docs. */
export interface Docs {
  readonly operations: Readonly<Record<string, OperationDocs>>;
  readonly schemas: Readonly<Record<string, SchemaDocs>>;
  readonly statuses: Readonly<Record<string, string>>;
}

const KEYS = ["operations", "schemas", "statuses"] as const;
const OPERATION_KEYS = new Set(["summary", "example", "parameters", "body", "statuses"]);
const SCHEMA_KEYS = new Set(["description", "fields"]);

/** Reads and merges all files of spec/docs, one per subject. */
export async function loadDocs(workspace: Workspace): Promise<Docs> {
  const folder = docsFolder(workspace);
  const files = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  const docs: { [Key in (typeof KEYS)[number]]: Record<string, unknown> } = {
    operations: {},
    schemas: {},
    statuses: {},
  };
  for (const file of files) {
    const part = readDocs(await readFile(join(folder, file), "utf8"), file);
    for (const key of KEYS) {
      for (const [name, words] of Object.entries(part[key] ?? {})) {
        if (name in docs[key])
          throw new SpecError(`${file} describes ${name}, which another file does already.`);
        docs[key][name] = words;
      }
    }
  }
  return docs as unknown as Docs;
}

/** Parses one file and checks its form. */
export function readDocs(text: string, file: string): Partial<Docs> {
  const part = parseYaml(text, file);
  const fail = (problem: string): never => {
    throw new SpecError(`${file}: ${problem}`);
  };
  if (!isObject(part)) return fail(`expected a map of ${KEYS.join(", ")}.`);
  const stray = Object.keys(part).find((key) => !KEYS.includes(key as never));
  if (stray) return fail(`unknown key "${stray}"; known keys: ${KEYS.join(", ")}.`);
  checkWords(part.statuses, "statuses");
  checkAll(part.operations, OPERATION_KEYS);
  checkAll(part.schemas, SCHEMA_KEYS);
  return part as Partial<Docs>;

  function checkAll(entries: unknown, known: ReadonlySet<string>): void {
    for (const [name, entry] of Object.entries(isObject(entries) ? entries : {})) {
      if (!isObject(entry)) fail(`${name} is not a map of ${[...known].join(", ")}.`);
      for (const [key, value] of Object.entries(entry as object)) {
        if (!known.has(key))
          fail(`${name} has the unknown key "${key}"; known keys: ${[...known].join(", ")}.`);
        if (isObject(value)) checkWords(value, `${name} ${key}`);
        else if (typeof value !== "string" || !value) fail(`${key} of ${name} is not text.`);
      }
    }
  }

  function checkWords(words: unknown, place: string): void {
    for (const [name, value] of Object.entries(isObject(words) ? words : {})) {
      // A comma in an unquoted flow map splits a sentence.
      if (typeof value !== "string" || !value)
        fail(`${name} of ${place} is not text; quote words that hold a comma.`);
    }
  }
}

/** Adds our words to a document, and lists the places without any. */
export function applyDocs(document: OpenApi, docs: Docs): string[] {
  const missing: string[] = [];
  for (const placed of operationsOf(document)) describeOperation(document, placed, docs, missing);
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
    describeSchema(name, schema as Described, docs.schemas[name] ?? {}, missing);
  }
  return missing;
}

interface Described {
  description?: string;
}

function describeOperation(
  document: OpenApi,
  { path, method, operation }: PlacedOperation,
  docs: Docs,
  missing: string[],
): void {
  const id = operation.operationId ?? "";
  const own = docs.operations[id] ?? {};
  if (!own.summary) missing.push(`the operation ${id}`);
  operation.summary = own.summary ?? `${method.toUpperCase()} ${path}`;
  if (own.example) operation["x-codeSamples"] = [{ lang: "TypeScript", source: own.example.trim() }];
  else missing.push(`the example of ${id}`);
  for (const parameter of (operation.parameters ?? []) as (Described & { name: string })[]) {
    const words = own.parameters?.[parameter.name];
    if (words) parameter.description = words;
    else missing.push(`the parameter ${parameter.name} of ${id}`);
  }
  const { requestBody } = operation;
  if (requestBody) {
    const body = ("$ref" in requestBody ? resolve(document, requestBody.$ref) : requestBody) as Described;
    if (own.body) body.description = own.body;
    else missing.push(`the body of ${id}`);
  }
  for (const [status, response] of Object.entries(operation.responses ?? {}) as [string, Described][]) {
    const words = own.statuses?.[status] ?? docs.statuses[status];
    if (!words) missing.push(`the status ${status} of ${id}`);
    response.description = words ?? STATUS_CODES[status] ?? status;
  }
}

function describeSchema(name: string, schema: Described, own: SchemaDocs, missing: string[]): void {
  if (own.description) schema.description = own.description;
  else missing.push(`the schema ${name}`);
  eachField(schema, "", (path, field) => {
    const words = own.fields?.[path];
    if (words) field.description = words;
    else missing.push(`the field ${path} of ${name}`);
  });
}

/** Visits the fields of a schema and of the objects inline in it. */
export function eachField(
  schema: unknown,
  prefix: string,
  visit: (path: string, field: Described) => void,
): void {
  if (!isObject(schema)) return;
  for (const [name, field] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    visit(prefix + name, field as Described);
    eachField(field, `${prefix}${name}.`, visit);
  }
  for (const part of [schema.allOf, schema.oneOf, schema.anyOf].flat()) eachField(part, prefix, visit);
  eachField(schema.items, prefix, visit);
  eachField(schema.additionalProperties, prefix, visit);
}
