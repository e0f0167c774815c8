import { ArgumentError, DockerError } from "./errors.js";
import { can, isObject, kindOf, readMembers, reasonOf } from "./members.js";
import { quote } from "./quote.js";
import { type Equivalents, NO_CALLBACK, unknownOption } from "./unknown-option.js";

/**
 * Checks arguments. Callers may use plain JavaScript, so nothing is trusted: getters may throw, proxies may lie, objects
 * may have no prototype.
 */

/** The longest delay setTimeout supports, about 25 days; anything longer fires after one millisecond. */
export const LONGEST_MS = 2 ** 31 - 1;

/** Whether a value is a delay in milliseconds that setTimeout supports. */
export function isDuration(ms: unknown): ms is number {
  return typeof ms === "number" && ms > 0 && ms <= LONGEST_MS;
}

/** Whether a value can be read with `for await`. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return (
    isObject(value) && typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === "function"
  );
}

/** Describes a value for the end of a message, as in "not 5": short, on one line, without logins. Never throws. */
export function describe(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const kind = kindOf(value);
  return kind === "a Date" ? (value as Date).toISOString() : kind;
}

/** Reads a caller's value. Whatever its getters or proxies throw becomes an ArgumentError. */
export function reading<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isOurs(error)) throw error;
    throw new ArgumentError(`${where}: an argument cannot be read${reasonOf(error)}`, { cause: error });
  }
}

/** An error may be hostile too. */
function isOurs(error: unknown): boolean {
  try {
    return error instanceof DockerError;
  } catch {
    return false;
  }
}

/** Turns a thrown value into an error. It may be anything, even something that cannot be read or shown. Never throws. */
export function asError(thrown: unknown): Error {
  try {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
  } catch {
    return new Error("what was thrown cannot be shown");
  }
}

/** The rule for an option. */
export interface Rule {
  /** Follows "must be" in messages. */
  readonly must: string;
  /** Whether a value obeys the rule; omitted for values that are checked on use. */
  readonly check?: (value: unknown) => boolean;
  /** Describes a wrong value whose type does not show the problem; {@link describe} by default. */
  readonly describe?: (value: unknown) => string;
  /** Whether the value may be a secret and must stay out of messages. */
  readonly secret?: boolean;
}

/** One rule per option, so that none is forgotten. */
export type Rules<Options> = { readonly [Name in keyof Options]-?: Rule };

const LIMIT = `a positive number of milliseconds, ${LONGEST_MS} at most`;

const isText = (value: unknown): boolean => typeof value === "string";

/** Describes a value that should be an array of items that obey a check. */
export const describeItems =
  (check: (item: unknown) => boolean) =>
  (value: unknown): string =>
    Array.isArray(value)
      ? `an array that contains ${describe(value.find((item) => !check(item)))}`
      : describe(value);

/** Describes a value that should be a list of strings. */
export const describeTexts = describeItems(isText);

/** Rules that many options share. */
export const rule = {
  text: { must: "a string", check: isText },
  texts: {
    must: "an array of strings",
    check: (value) => Array.isArray(value) && value.every(isText),
    describe: describeTexts,
  },
  boolean: { must: "true or false", check: (value) => typeof value === "boolean" },
  function: { must: "a function", check: (value) => typeof value === "function" },
  /** Text in its place may be JSON with a secret in it. */
  object: { must: "an object", check: isObject, secret: true },
  duration: { must: LIMIT, check: isDuration },
  limit: {
    must: `${LIMIT}, or Infinity for no limit`,
    check: (value) => isDuration(value) || value === Number.POSITIVE_INFINITY,
  },
  signal: { must: "an AbortSignal", check: isSignal },
  writable: { must: "a Writable", check: (value) => can(value, "write") && can(value, "once") },
  checkedLater: { must: "given" },
} as const satisfies Readonly<Record<string, Rule>>;

/** Checks methods, not the class: the signal may come from another realm. */
function isSignal(value: unknown): boolean {
  return (
    can(value, "addEventListener") && can(value, "removeEventListener") && "aborted" in (value as object)
  );
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Headers that frame messages or control the connection. A second value would get client and Engine out of step. */
const FRAMING: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Whether a value is a valid header name. Anything else may be a misplaced token and must not be shown. */
export const isHeaderName = (name: unknown): name is string => typeof name === "string" && TOKEN.test(name);

/** The problem with a caller's header, worded to follow its name; undefined if there is none. */
export function headerProblem(name: unknown, value: unknown): string | undefined {
  if (!isHeaderName(name)) return "has a name that HTTP does not allow (not shown, it may be a secret)";
  if (FRAMING.has(name.toLowerCase())) {
    return `is ${name}, which the client sets by itself to frame messages. Leave it out`;
  }
  if (typeof value === "string" && HEADER_VALUE.test(value)) return undefined;
  return "has a value that HTTP does not allow (not shown, it may be a secret)";
}

/** Whose options are checked, and how a problem is reported. */
export interface OptionsPlace {
  /** Prefix of each message, such as "run"; omitted for the client itself. */
  readonly where?: string;
  /** What to write instead of unknown options; may depend on the options given. */
  readonly equivalents?: Equivalents | ((given: Readonly<Record<string, unknown>>) => Equivalents);
  readonly error?: new (message: string, options?: ErrorOptions) => DockerError;
}

/**
 * Checks the names and values of options. Returns a copy without undefined values, so that neither getters nor later
 * changes have any effect.
 *
 * @throws {ArgumentError} the options are not an object, one is unknown, or one breaks its rule
 */
export function checkOptions<Options extends object>(
  options: Options | undefined,
  rules: Rules<Options>,
  { where, equivalents, error: Failure = ArgumentError }: OptionsPlace,
): Options {
  const fail = (problem: string): never => {
    throw new Failure(where === undefined ? capitalized(problem) : `${where}: ${problem}`);
  };
  const known = Object.keys(rules);
  const given = readOptions(options === undefined ? {} : options, known, (problem) =>
    fail(`the options ${problem}. Known options: ${known.join(", ")}`),
  );
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name as keyof Options] : undefined;
    if (!rule) {
      const instead = typeof equivalents === "function" ? equivalents(given) : equivalents;
      return fail(unknownOption(name, known, instead));
    }
    if (value === undefined) continue;
    if (!holds(rule, value)) fail(`the option ${name} must be ${rule.must}, not ${described(rule, value)}`);
    checked[name] = value;
  }
  return checked as Options;
}

/** Reads the members of an argument that holds options. Other clients take a callback in its place. */
export function readOptions(
  options: unknown,
  known: readonly string[],
  fail: (problem: string) => never,
): Record<string, unknown> {
  if (typeof options === "function") return fail(`must be an object, not a function; ${NO_CALLBACK}`);
  return readMembers(options, known, fail);
}

/** Never throws. */
function described(rule: Rule, value: unknown): string {
  if (rule.secret) return kindOf(value);
  try {
    return (rule.describe ?? describe)(value);
  } catch {
    return describe(value);
  }
}

/** A value that throws when read breaks the rule. */
function holds({ check }: Rule, value: unknown): boolean {
  try {
    return check === undefined || check(value);
  } catch {
    return false;
  }
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
