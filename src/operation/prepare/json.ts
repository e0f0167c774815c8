import { describe, reasonOf } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { writeJson } from "../../streams/index.js";

/** JSON text of a value. @throws {ArgumentError} the value has a cycle, or JSON would lose part of it */
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
  // Afterwards, when cycles are ruled out.
  const loss = lossIn(value, "");
  if (loss !== undefined) throw new ArgumentError(`${where} cannot be written as JSON: it has ${loss}`);
  return text;
}

/** What JSON would drop or alter, and where; undefined if nothing. */
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
    return `a ${nameOf(value)} at ${path}, which JSON would write as {}`;
  for (const [name, member] of members) {
    const loss = lossIn(member, path === "" ? name : `${path}.${name}`);
    if (loss !== undefined) return loss;
  }
  return undefined;
}

/** Whether an object, of any realm, is not an instance of a class such as Map or Promise, whose content JSON misses. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const nameOf = (value: object): string => value.constructor?.name || "class instance";
