import { isDeepStrictEqual } from "node:util";
import { copyOf, isObject } from "../openapi.js";

/**
 * Overlay 1.0, section 4.4.3: objects merge, an array gains the update as an item, anything else is replaced. An update that
 * is an array adds its items, as in later versions of Overlay. An item that is there already is not added again.
 */
export function merge(target: unknown, update: unknown): unknown {
  if (Array.isArray(target)) return [...target, ...items(update).filter((item) => !holds(target, item))];
  if (!isObject(target) || !isObject(update)) return copyOf(update);
  const merged: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(update)) {
    merged[key] = key in merged ? merge(merged[key], value) : copyOf(value);
  }
  return merged;
}

/** Whether the target already says what the update would. */
export function isRedundant(target: unknown, update: unknown): boolean {
  if (Array.isArray(target)) {
    return items(update).some((item) => holds(target, item));
  }
  if (!isObject(target) || !isObject(update)) return isDeepStrictEqual(target, update);
  return Object.entries(update).every(([key, value]) => key in target && isRedundant(target[key], value));
}

const holds = (list: readonly unknown[], item: unknown): boolean =>
  list.some((present) => isDeepStrictEqual(present, item));

const items = (update: unknown): unknown[] => (Array.isArray(update) ? update : [update]);
