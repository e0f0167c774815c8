import { describeTexts } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { can, isObject, isPlain, readMembers } from "../../members.js";
import { asMember, shownName } from "../../quote.js";
import { isSecretFilter } from "../../secrets.js";

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
      `${where} has ${shown(key, values)} for ${shownName(key)}; give a list of strings, such as { ${asMember(key)}: ["…"] }`,
    );
  }
  return given.length > 0 ? [JSON.stringify(Object.fromEntries(given))] : [];
}

/** The values of labels may be secret. */
const shown = (key: string, values: unknown): string =>
  describeTexts(isSecretFilter(key) && typeof values === "string" ? values.replace(/=.*/s, "=***") : values);

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

const isSet = (value: unknown): boolean =>
  isObject(value) && isPlain(value) && Object.values(value).every((member) => typeof member === "boolean");
