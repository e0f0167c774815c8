import type { Path } from "../correct/apply-overlay.js";
import { merge } from "../correct/merge.js";
import { copyOf, isObject } from "../openapi.js";
import type { Swagger } from "../pull/description.js";
import { type Change, valueAt } from "./swagger-changes.js";

/** Makes a change, and returns the paths of what is another value then. */
export function makeChange(swagger: Swagger, { path, update, item }: Change): readonly Path[] {
  const [parentPath, key] = [path.slice(0, -1), path.at(-1) as string];
  const parent = valueAt(swagger, parentPath) as Record<string, unknown> | undefined;
  if (!parent) return [];
  const before = parent[key];
  if (item !== undefined) {
    const rest = (before as unknown[]).filter((one) => one !== item);
    if (rest.length > 0) parent[key] = rest;
    else delete parent[key];
    return [path];
  }
  if (update === undefined) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
    return before === undefined ? [] : [path];
  }
  if (before === undefined)
    parent[key] = copyOf(Array.isArray(update) || key !== "parameters" ? update : [update]);
  else parent[key] = merge(before, update);
  return changedPaths(before, parent[key], path);
}

/** The fields that differ between two values, as deep as they have the same form. */
export function changedPaths(before: unknown, after: unknown, path: Path): Path[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isObject(before) && isObject(after))
    return Object.keys({ ...before, ...after }).flatMap((key) =>
      changedPaths(before[key], after[key], [...path, key]),
    );
  // Parameters are told apart; of another list, what it is as a whole counts.
  if (path.at(-1) === "parameters" && Array.isArray(after))
    return after.flatMap((item, index) =>
      changedPaths((before as unknown[])?.[index], item, [...path, index]),
    );
  return [path];
}
