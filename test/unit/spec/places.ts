import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { committedDocument } from "../../../scripts/spec/correct/corrected-document.js";
import { eachField } from "../../../scripts/spec/correct/docs.js";
import { isObject, type OpenApi, schemaName } from "../../../scripts/spec/openapi.js";
import { parseYaml } from "../../../scripts/spec/parse-yaml.js";
import { repository } from "./small-workspace.js";

/** The API versions of the package, that of "." first, by their folders in generated/. */
export const publishedFolders = [
  "",
  ...readdirSync(join(repository, "generated")).filter((name) => /^v\d+\.\d+$/.test(name)),
];

/** The corrected description of a version of the package; its folder is "" for that of ".". */
export const committed = (folder: string): OpenApi =>
  committedDocument(join(repository, "generated", folder, "openapi.json")) as OpenApi;

/** The corrected descriptions of all published versions. */
export const published = publishedFolders.map(committed);

/** spec/names.yaml. */
export const names = (() => {
  const file = join(repository, "spec", "names.yaml");
  return parseYaml(readFileSync(file, "utf8"), file) as Record<string, string>;
})();

/**
 * All schemas and fields of a published version by the paths that spec/docs and spec/required.yaml know them by: an object
 * that only names.yaml gave a name is still inline there.
 */
export function placesOf(document: OpenApi): Set<string> {
  const schemas = (document.components?.schemas ?? {}) as Record<string, unknown>;
  const places = new Set(Object.keys(schemas));
  for (const [name, schema] of Object.entries(schemas)) add(name, schema);
  return places;

  function add(prefix: string, schema: unknown): void {
    for (const named of inlineIn(schema, prefix)) add(prefix, schemas[named]);
    eachField(schema, `${prefix}.`, (path, field) => {
      places.add(path);
      for (const named of inlineIn(field, path)) add(path, schemas[named]);
    });
  }
}

/** The names that a value of a field refers to and that only names.yaml gave, directly, or in a list, map or choice. */
function inlineIn(value: unknown, path: string): string[] {
  if (!isObject(value)) return [];
  const name = typeof value.$ref === "string" ? schemaName(value.$ref) : undefined;
  const isNamed = name !== undefined && (names[path] === name || byPath(path).includes(name));
  const held = [value.items, value.additionalProperties, ...[value.oneOf].flat()];
  return isNamed ? [name] : held.flatMap((inner) => inlineIn(inner, path));
}

/** What an object is called without an entry: its schema and fields, or the name of the object it is in and its field. */
function byPath(path: string): string[] {
  const capital = (field: string): string => field.replace(/^[a-z]/, (letter) => letter.toUpperCase());
  const [, around = "", field = ""] = /^(.*)\.([^.]+)$/.exec(path) ?? [];
  const outer = around.includes(".") ? [names[around], ...byPath(around)] : [around];
  return outer.flatMap((name) => (name ? [name + capital(field), `${name}${capital(field)}Item`] : []));
}
