import { describe, reasonOf } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { writeJson } from "../../streams/index.js";

/** JSON text of a value. @throws {ArgumentError} there is none (a cycle), or a part of the value would be lost in it */
export function toJson(value: unknown, where: string): string {
  let text: string | undefined;
  try {
    text = writeJson(value);
  } catch (cause) {
    throw new ArgumentError(`${where} cannot be written as JSON${reasonOf(cause)}`, { cause });
  }
  if (text === undefined) {
    throw new ArgumentError(`${where} cannot be written as JSON: it is ${describe(value)}`);
  }
  // Afterwards, so that there is no cycle to walk in.
  const loss = lossIn(value, "");
  if (loss !== undefined) throw new ArgumentError(`${where} cannot be written as JSON: it has ${loss}`);
  return text;
}

/** What JSON leaves out or turns into something else, and where; undefined if it holds everything. */
function lossIn(value: unknown, path: string): string | undefined {
  switch (typeof value) {
    case "function":
    case "symbol":
      return `${describe(value)} at ${path}`;
    case "number":
      return Number.isFinite(value) ? undefined : `${value} at ${path}`;
    case "object":
      return value === null ? undefined : lossInObject(value, path);
    default:
      return undefined;
  }
}

function lossInObject(value: object, path: string): string | undefined {
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
    return `bytes at ${path}; write them as base64 text`;
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return undefined;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const loss = item === undefined ? `undefined at ${path}[${index}]` : lossIn(item, `${path}[${index}]`);
      if (loss !== undefined) return loss;
    }
    return undefined;
  }
  const members = Object.entries(value);
  if (members.length === 0 && !isPlain(value))
    return `a ${nameOf(value)} at ${path}, which JSON takes for empty`;
  for (const [name, member] of members) {
    const loss = lossIn(member, path === "" ? name : `${path}.${name}`);
    if (loss !== undefined) return loss;
  }
  return undefined;
}

/** Not an instance of a class, such as a Map or a Promise, which keep what they hold elsewhere. Of any realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const nameOf = (value: object): string => value.constructor?.name || "class instance";
