import type { Path } from "../correct/apply-overlay.js";
import { nameBodies } from "../correct/name-bodies.js";
import { nameOperations } from "../correct/name-operations.js";
import { fieldsIn, objectsAt, type RequiredFields } from "../correct/require-fields.js";
import { copyOf, isObject, type OpenApi, operationsOf, schemaName } from "../openapi.js";
import { positionsOf } from "../positions.js";
import type { Swagger } from "../pull/description.js";
import { valueAt } from "./swagger-changes.js";
import type { Left, Told } from "./told.js";

const SUBJECT = "Required fields";
const WHY = "Every answer has these fields: Engines write them whatever their value.";
const SENT =
  "Users send it as well, and Swagger 2.0 has one schema for both; they would have to give every field.";

/** Makes the fields required that are in every answer. The published order of those that are required stays. */
export function requireFields(
  corrected: OpenApi,
  swagger: Swagger,
  { split, required }: RequiredFields,
): { readonly told: readonly Told[]; readonly left: readonly Left[] } {
  const document = nameBodies(nameOperations(copyOf(corrected), ignore), ignore);
  const positions = positionsOf(document);
  const [told, left]: [Told[], Left[]] = [[], []];
  for (const [owner, entry] of Object.entries(required)) {
    const fields = fieldsIn(entry, document.info.version);
    const [name = "", ...path] = owner.split(".");
    const at = placeOf(document, swagger, name);
    if (!at || fields.length === 0) continue;
    if (split.includes(name) && positions(name).request) {
      left.push({ subject: SUBJECT, why: WHY, target: owner, reason: SENT });
      continue;
    }
    for (const part of objectsAt(valueAt(swagger, at) as Schema, path)) {
      if (require(part, fields)) {
        const update = { required: fields };
        told.push({
          subject: SUBJECT,
          why: WHY,
          place: [name, ...path],
          update,
          paths: [pathTo(swagger, at, part)],
        });
      }
    }
  }
  return { told, left };
}

const ignore = (): void => undefined;

type Schema = Record<string, unknown>;

/** Where Swagger has a schema: a definition, or the body that an operation writes inline. */
function placeOf(document: OpenApi, swagger: Swagger, name: string): Path | undefined {
  if (valueAt(swagger, ["definitions", name])) return ["definitions", name];
  for (const { path, method, operation } of operationsOf(document)) {
    for (const [status, { content }] of Object.entries((operation.responses ?? {}) as Responses)) {
      const schema = content?.["application/json"]?.schema;
      const at = ["paths", path, method, "responses", status, "schema"];
      if (schemaName(schema?.$ref ?? "") === name) return at;
      if (schemaName(schema?.items?.$ref ?? "") === name) return [...at, "items"];
    }
  }
  return undefined;
}

type Responses = Record<
  string,
  { content?: Record<string, { schema?: { $ref?: string; items?: { $ref?: string } } }> }
>;

/** Whether something was not required before. */
function require(schema: Schema, fields: readonly string[]): boolean {
  const before = (schema.required ?? []) as string[];
  const known = Object.keys(schema.properties as object);
  const added = known.filter((field) => fields.includes(field) && !before.includes(field));
  if (added.length > 0) schema.required = [...before, ...added];
  return added.length > 0;
}

/** The path to the list of a part of the value at a path. */
function pathTo(swagger: Swagger, at: Path, part: unknown): Path {
  const search = (value: unknown, path: Path): Path | undefined => {
    if (value === part) return [...path, "required"];
    if (!isObject(value) && !Array.isArray(value)) return undefined;
    for (const [key, child] of Object.entries(value)) {
      const found = search(child, [...path, Array.isArray(value) ? Number(key) : key]);
      if (found) return found;
    }
    return undefined;
  };
  return search(valueAt(swagger, at), at) as Path;
}
