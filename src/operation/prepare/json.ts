import { describe } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { can, hasSymbolKey, isHolder, isPlain, kindOf, reasonOf } from "../../members.js";
import { shownName } from "../../quote.js";
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
  // Only now, when cycles are ruled out.
  const loss = lossIn(value, "");
  if (loss) {
    const { what, path, advice = "" } = loss;
    const found = path === "" ? `is ${what}` : `has ${what} at ${path}`;
    throw new ArgumentError(`${where} cannot be written as JSON: it ${found}${advice}`);
  }
  return text;
}

/** A value that JSON would drop or alter. */
interface Loss {
  readonly what: string;
  /** Where it is; empty for the value itself. */
  readonly path: string;
  /** Follows both in messages. */
  readonly advice?: string;
}

function lossIn(value: unknown, path: string): Loss | undefined {
  switch (typeof value) {
    case "function":
    case "symbol":
      return { what: describe(value), path };
    case "number":
      return Number.isFinite(value) ? undefined : { what: String(value), path };
    case "object":
      return value === null ? undefined : lossInObject(value, path);
    default:
      return undefined;
  }
}

function lossInObject(value: object, path: string): Loss | undefined {
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
    return { what: "bytes", path, advice: "; write them as base64 text" };
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return undefined;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const at = `${path}[${index}]`;
      const loss = item === undefined ? { what: "undefined", path: at } : lossIn(item, at);
      if (loss) return loss;
    }
    return undefined;
  }
  if (can(value, "then")) return { what: "a Promise", path, advice: "; await it first" };
  const members = Object.entries(value);
  if (members.length === 0 && !isPlain(value))
    return { what: kindOf(value), path, advice: ", which JSON would write as {}" };
  if (isHolder(value)) return { what: kindOf(value), path };
  if (hasSymbolKey(value)) return { what: "an object with a symbol as a key", path };
  for (const [name, member] of members) {
    const loss = lossIn(member, path === "" ? shownName(name) : `${path}.${shownName(name)}`);
    if (loss) return loss;
  }
  return undefined;
}
