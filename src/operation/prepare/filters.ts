import { ArgumentError } from "../../errors.js";
import { can, isObject, isPlain, kindOf, readMembers } from "../../members.js";
import { isSecretFilter } from "../../secrets.js";
import { asMember } from "../../unknown-option.js";

const MUST = 'an object of lists, such as { label: ["app=web"] }';

/**
 * Encodes filters as lists of text by key; nothing if there are none. The older form, an object of `true` by value, is
 * accepted too. For anything else the Engine would answer 400 without naming the key.
 */
export function writeFilters(filters: unknown, where: string): string[] {
  const fail = (problem: string): never => {
    const advice = typeof filters === "string" ? "; omit JSON.stringify if you used it" : "";
    throw new ArgumentError(`${where} ${problem}${advice}`);
  };
  if (can(filters, "toURLParameter")) fail(`must be ${MUST}, not a Filter of @docker/node-sdk`);
  const members = readMembers(filters, [], fail, MUST);
  const given = Object.entries(members).filter(([, values]) => values !== undefined);
  for (const [key, values] of given) {
    if (isTexts(values) || isSet(values)) continue;
    throw new ArgumentError(
      `${where} has ${shown(key, values)} for ${key}; give a list of strings, such as { ${asMember(key)}: ["…"] }`,
    );
  }
  return given.length > 0 ? [JSON.stringify(Object.fromEntries(given))] : [];
}

function shown(key: string, values: unknown): string {
  const isSecret = isSecretFilter(key);
  if (isSecret && isObject(values)) return kindOf(values);
  // Not imported: from Node 22 on, an ES module that imports node:util loads node:net.
  const { inspect } = process.getBuiltinModule("node:util");
  const text = inspect(values, { depth: isSecret ? 0 : 1, breakLength: Number.POSITIVE_INFINITY });
  return isSecret ? text.replace(/=[^'"`]*/g, "=***") : text;
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

const isSet = (value: unknown): boolean =>
  isObject(value) && isPlain(value) && Object.values(value).every((member) => typeof member === "boolean");
