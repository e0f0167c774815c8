import { readFile } from "node:fs/promises";
import { type ApiRange, holds, isApiRange } from "../api-versions.js";
import { copyOf, isObject, type OpenApi, operationsOf, schemaName } from "../openapi.js";
import { parseYaml } from "../parse-yaml.js";
import { positionsOf } from "../positions.js";
import { type Report, refuse } from "../report.js";
import { SpecError } from "../spec-error.js";
import { requiredFile, type Workspace } from "../workspace.js";

/** Fields that are in every answer. */
export interface RequiredFields {
  /** Schemas of which what users send becomes a schema of its own, with no field required. */
  readonly split: readonly string[];
  /**
   * Fields by schema, or by the path of an object inline in it: `ContainerSummary.NetworkSettings`. Where versions differ, by
   * range of versions.
   */
  readonly required: Readonly<Record<string, Fields | Readonly<Record<ApiRange, Fields>>>>;
}

type Fields = readonly string[];

type Schema = Record<string, unknown>;
type Schemas = Record<string, Schema>;

/** Suffix of a schema that is sent, where it differs from the one that is read. */
const SENT = "Input";

/** Reads spec/required.yaml. */
export async function loadRequired(workspace: Workspace): Promise<RequiredFields> {
  const file = requiredFile(workspace);
  const value = parseYaml(await readFile(file, "utf8"), file);
  if (isObject(value) && isNames(value.split) && isObject(value.required)) {
    if (Object.values(value.required).every(isFields)) return value as unknown as RequiredFields;
  }
  throw new SpecError(
    `${file} must hold "split", a list of schemas, and "required", lists of fields by schema, or maps of such lists by ` +
      "range of API versions.",
  );
}

const isFields = (value: unknown): boolean =>
  isNames(value) ||
  (isObject(value) && Object.entries(value).every(([range, fields]) => isApiRange(range) && isNames(fields)));

/** The required fields of an entry in an API version. */
export const fieldsIn = (entry: RequiredFields["required"][string], api: string): readonly string[] =>
  isList(entry)
    ? entry
    : Object.entries(entry).flatMap(([range, fields]) => (holds(range, api) ? fields : []));

const isList = (entry: RequiredFields["required"][string]): entry is Fields => Array.isArray(entry);

const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.every((name) => typeof name === "string");

/** Makes fields required where users read them. Skips those the version lacks. */
export function requireFields(
  document: OpenApi,
  { split, required }: RequiredFields,
  report: Report = refuse,
): OpenApi {
  const schemas = (document.components?.schemas ?? {}) as Schemas;
  splitSent(document, schemas, split);
  const positions = positionsOf(document);
  for (const [place, entry] of Object.entries(required)) {
    const fields = fieldsIn(entry, document.info.version);
    const [name = "", ...path] = place.split(".");
    const schema = schemas[name];
    if (!schema) continue;
    if (positions(name).request) {
      report(
        `spec/required.yaml: ${name} is sent too. List it under "split", or users have to give every field.`,
      );
      continue;
    }
    for (const part of objectsAt(schema, path)) require(part, fields);
  }
  return document;
}

/** Copies schemas for what users send, and makes everything that is sent refer to the copies. */
function splitSent(document: OpenApi, schemas: Schemas, split: readonly string[]): void {
  const positions = positionsOf(document);
  const twofold = split.filter((name) => {
    const { request, response } = positions(name);
    return schemas[name] && request && response;
  });
  const sent = Object.keys(schemas).filter((name) => positions(name).request && !twofold.includes(name));
  for (const name of twofold) schemas[name + SENT] = copyOf(schemas[name] as Schema);
  const roots = [
    ...operationsOf(document).map(({ operation }) => [operation.parameters, operation.requestBody]),
    document.components?.requestBodies,
    ...[...sent, ...twofold.map((name) => name + SENT)].map((name) => schemas[name]),
  ];
  for (const root of roots) referToSent(root, twofold);
}

function referToSent(value: unknown, twofold: readonly string[]): void {
  if (Array.isArray(value)) for (const item of value) referToSent(item, twofold);
  if (!isObject(value)) return;
  const name = typeof value.$ref === "string" ? schemaName(value.$ref) : undefined;
  if (name !== undefined && twofold.includes(name)) value.$ref += SENT;
  for (const child of Object.values(value)) referToSent(child, twofold);
}

/** The parts of a schema that hold the fields at a path, through lists, maps and allOf. */
export function objectsAt(schema: Schema, [name, ...rest]: readonly string[]): Schema[] {
  const parts = partsOf(schema);
  if (name === undefined) return parts.filter(({ properties }) => isObject(properties));
  return parts.flatMap(({ properties }) => {
    const field = isObject(properties) ? properties[name] : undefined;
    return isObject(field) ? objectsAt(field, rest) : [];
  });
}

function partsOf(schema: Schema): Schema[] {
  const inner = [schema.allOf, schema.oneOf, schema.items, schema.additionalProperties]
    .flat()
    .filter(isObject);
  return [schema, ...inner.flatMap(partsOf)];
}

function require(schema: Schema, fields: readonly string[]): void {
  const known = Object.keys(schema.properties as object);
  const now = new Set([...((schema.required as string[] | undefined) ?? []), ...fields]);
  const required = known.filter((field) => now.has(field));
  if (required.length > 0) schema.required = required;
}
