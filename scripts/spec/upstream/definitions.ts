import { isObject } from "../openapi.js";
import type { Swagger } from "../pull/description.js";

const PREFIX = "#/definitions/";

const definitionsOf = (swagger: Swagger): Record<string, unknown> =>
  (swagger.definitions ?? {}) as Record<string, unknown>;

/** Names the definitions of a description that the published one lacks. */
export const addedDefinitions =
  (published: Swagger) =>
  (swagger: Swagger): readonly string[] =>
    Object.keys(definitionsOf(swagger)).filter((name) => !(name in definitionsOf(published)));

/** Whether a description has a definition that nothing else refers to. */
export function isUnused(swagger: Swagger, name: string): boolean {
  const { [name]: definition, ...others } = definitionsOf(swagger);
  return definition !== undefined && !namesIn([swagger.paths, others]).has(name);
}

/** The first tag of an operation, or of the first operation that leads to a definition. */
export function tagOf(swagger: Swagger, [top, name = "", method = ""]: readonly (string | number)[]): string {
  const operations = operationsOf(swagger);
  const owner =
    top === "paths"
      ? operations.find((one) => one.path === name && one.method === method)
      : operations.find(({ operation }) => reached(swagger, operation).has(String(name)));
  const [tag = "API"] = (owner?.operation.tags ?? []) as string[];
  return tag;
}

/** An operation of a description. */
interface Operation {
  readonly path: string;
  readonly method: string;
  readonly operation: Record<string, unknown>;
}

export const operationsOf = ({ paths }: Swagger): readonly Operation[] =>
  Object.entries((paths ?? {}) as Record<string, Record<string, unknown>>).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) =>
      isObject(operation) ? [{ path, method, operation }] : [],
    ),
  );

const reaches = new WeakMap<object, Set<string>>();

/** The definitions that a value leads to, directly or not. */
function reached(swagger: Swagger, value: object): Set<string> {
  const known = reaches.get(value);
  if (known) return known;
  const names = new Set<string>();
  for (const waiting = [...namesIn(value)]; waiting.length > 0; ) {
    const name = waiting.pop() as string;
    if (names.has(name)) continue;
    names.add(name);
    waiting.push(...namesIn(definitionsOf(swagger)[name]));
  }
  reaches.set(value, names);
  return names;
}

/** The definitions that a value names. */
function namesIn(value: unknown, names = new Set<string>()): Set<string> {
  if (isObject(value) && typeof value.$ref === "string" && value.$ref.startsWith(PREFIX))
    names.add(value.$ref.slice(PREFIX.length));
  if (typeof value === "object") for (const part of Object.values(value ?? {})) namesIn(part, names);
  return names;
}
