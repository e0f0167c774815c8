import { isObject } from "../members.js";
import { isSecretMember } from "../secrets.js";
import { writeJson } from "../streams/index.js";

/** Accepts or refuses a body by returning a truthy or falsy value. */
type Decide = (body: unknown) => unknown;

/** A matcher of Jest, Vitest and others, such as `expect.any(String)`. */
interface AsymmetricMatcher {
  asymmetricMatch(value: unknown): boolean;
}

/**
 * How a body differs from the expected one; undefined if it does not. Objects may have further members, at any depth;
 * lists must have the same length; bytes must be equal.
 */
export function bodyDifference(seen: unknown, expected: unknown): string | undefined {
  if (typeof expected === "function") {
    return (expected as Decide)(seen) ? undefined : "the mock's function refuses the body";
  }
  if (expected instanceof Uint8Array) return bytesDifference(seen, Buffer.from(expected));
  // Plugin settings are a list of "NAME=value".
  return difference(seen, expected, { name: "body", secret: Array.isArray(expected) });
}

function bytesDifference(seen: unknown, expected: Buffer): string | undefined {
  if (!Buffer.isBuffer(seen)) return `body is ${seen === undefined ? "not given" : "JSON"}, not bytes`;
  if (seen.equals(expected)) return undefined;
  if (seen.length !== expected.length) return `body has ${seen.length} bytes, not ${expected.length}`;
  return `body differs at byte ${seen.findIndex((byte, index) => byte !== expected[index])}`;
}

/** A place in a body, such as `body.HostConfig.Memory`. */
interface Place {
  readonly name: string;
  /** Whether the value may be a secret, which is not shown. */
  readonly secret: boolean;
}

function difference(seen: unknown, expected: unknown, at: Place): string | undefined {
  if (isMatcher(expected)) {
    return expected.asymmetricMatch(seen)
      ? undefined
      : `${at.name} is ${shown(seen, at)}, which its matcher refuses`;
  }
  const wanted = asJson(expected);
  const differs = (): string =>
    at.secret && seen !== undefined
      ? `${at.name} differs; it may hold a secret, so it is not shown`
      : `${at.name} is ${shown(seen, at)}, not ${shown(wanted, at)}`;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(seen) || seen.length !== wanted.length) return differs();
    const place = (index: number): Place => ({ ...at, name: `${at.name}[${index}]` });
    return firstOf(wanted.entries(), ([index, item]) => difference(seen[index], item, place(index)));
  }
  if (!isObject(wanted)) return Object.is(seen, wanted) ? undefined : differs();
  if (!isObject(seen)) return differs();
  return firstOf(Object.entries(wanted), ([name, member]) => {
    if (member === undefined) return undefined;
    const place: Place = { name: `${at.name}.${name}`, secret: at.secret || isSecretMember(name) };
    return difference(Object.hasOwn(seen, name) ? seen[name] : undefined, member, place);
  });
}

function firstOf<T>(items: Iterable<T>, differenceOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = differenceOf(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A value as it would come out of JSON: a date as text, a bigint as a number if it fits. */
function asJson(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (isObject(value) && typeof value.toJSON === "function") return value.toJSON();
  return value;
}

const isMatcher = (value: unknown): value is AsymmetricMatcher =>
  isObject(value) && typeof value.asymmetricMatch === "function";

const LONGEST = 100;

/** Formats a value of a body for a message, without secrets. */
function shown(value: unknown, { secret }: Place): string {
  if (value === undefined) return "not given";
  if (secret) return "***";
  if (Buffer.isBuffer(value)) return `${value.length} bytes`;
  const text = writeJson(withoutSecrets(value)) ?? String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isSecretMember(name) ? "***" : withoutSecrets(member),
    ]),
  );
}
