/**
 * Reads callers' objects by the names of their members. Nothing is trusted: getters may throw, proxies may lie, objects
 * may have no prototype, and some keep their content elsewhere, like a Map or a Promise.
 */

/** Whether a value is an object with named members: neither an array nor null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value has a method of that name. */
export const can = (value: unknown, method: string | symbol): boolean =>
  typeof (value as Readonly<Record<string | symbol, unknown>> | null | undefined)?.[method] === "function";

/** Names a value's type, for messages about values that may be secret. Never throws. */
export function kindOf(value: unknown): string {
  try {
    if (value === null || value === undefined) return String(value);
    if (Array.isArray(value)) return "an array";
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : "a Date";
    return typeof value === "object" ? kindOfObject(value) : `a ${typeof value}`;
  } catch {
    return "an object that cannot be read";
  }
}

function kindOfObject(value: object): string {
  if (can(value, "then")) return "a Promise (await it first)";
  if (isPlain(value)) return can(value, Symbol.iterator) ? "an iterable" : "an object";
  const name = classOf(value);
  if (name === "Object") return "an instance";
  return `${/^[AEIO]/i.test(name) ? "an" : "a"} ${name}`;
}

/** The name of an object's class; of a generator, which has none, its tag. */
function classOf(value: object): string {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return [value.constructor?.name, tag].find((name) => /^[\w$]{1,40}$/.test(String(name ?? ""))) ?? "Object";
}

/** The first line of an error's message, to append to a statement; empty without one. Never throws. */
export function reasonOf(error: unknown): string {
  try {
    const [reason = ""] = (error as Error).message.split("\n", 1);
    return /call stack/i.test(reason) ? ": it is nested too deeply" : `: ${reason}`;
  } catch {
    return "";
  }
}

/**
 * Reads an object's members once: the enumerable ones, and the wanted ones. An object whose content is not in its members
 * is refused: it would be taken for an empty one.
 *
 * @param must follows "must be" in the problem
 */
export function readMembers(
  value: unknown,
  wanted: readonly string[],
  fail: (problem: string) => never,
  must = "an object",
): Record<string, unknown> {
  const members: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  let wrong: string | undefined;
  try {
    // Other clients take a stream as a separate argument.
    if (can(value, "pipe") || can(value, "getReader") || can(value, "getWriter")) wrong = "a stream";
    else if (!isObject(value) || isHolder(value))
      wrong = `${kindOf(value)}${isMap(value) ? " (pass Object.fromEntries of it)" : ""}`;
    else {
      for (const name in value) members[name] = value[name];
      // Accessors of a class are not enumerable.
      for (const name of wanted) if (!(name in members) && name in value) members[name] = value[name];
      if (hasSymbolKey(value)) wrong = "one with a symbol as a key";
      else if (!isPlain(value) && Object.keys(members).length === 0) wrong = kindOf(value);
    }
  } catch (cause) {
    return fail(`cannot be read${reasonOf(cause)}`);
  }
  return wrong === undefined ? members : fail(`must be ${must}, not ${wrong}`);
}

/** Whether an object is a collection or a promise, of any class: its content is not in its members. */
export const isHolder = (value: object): boolean => can(value, "then") || can(value, Symbol.iterator);

/** Whether a value holds values by name, like a Map or Headers. */
const isMap = (value: unknown): boolean => can(value, Symbol.iterator) && can(value, "get");

/** Whether an object of any realm is a plain one. An instance of a class may keep its content in private fields. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether a plain object has a member without a name. Those of a class are its own business. */
export function hasSymbolKey(value: object): boolean {
  const symbols = Object.getOwnPropertySymbols(value);
  return (
    symbols.some((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol)) && isPlain(value)
  );
}
