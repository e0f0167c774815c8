import {
  checkOptions,
  describe as described,
  isAsyncIterable,
  isDuration,
  type Rules,
  reading,
  rule,
} from "../../src/arguments.js";
import { ArgumentError, ConfigError } from "../../src/errors.js";
import { unknownOption } from "../../src/unknown-option.js";

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const throwing = {
  get wait(): number {
    throw new Error("the getter's");
  },
};
const bare = Object.assign(Object.create(null) as object, { a: 1 });

test.each([
  { value: "a", want: '"a"' },
  { value: "a\nb", want: '"a\\nb"' },
  { value: "x".repeat(101), want: `"${"x".repeat(100)}…"` },
  { value: "https://u:pw@h", want: '"https://***@h"' },
  { value: 5, want: "5" },
  { value: Number.NaN, want: "NaN" },
  { value: 5n, want: "5n" },
  { value: true, want: "true" },
  { value: null, want: "null" },
  { value: undefined, want: "undefined" },
  { value: [], want: "an array" },
  { value: {}, want: "an object" },
  { value: bare, want: "an object" },
  { value: new Date(0), want: "1970-01-01T00:00:00.000Z" },
  { value: new Date("x"), want: "an invalid Date" },
  { value: Symbol("s"), want: "a symbol" },
  { value: () => 1, want: "a function" },
])("$value is described as $want", ({ value, want }) => {
  expect(described(value)).toBe(want);
});

test("what cannot be looked at is described as that", () => {
  expect(described(revoked())).toBe("an object that cannot be read");
});

test.each([
  { ms: 1, want: true },
  { ms: 0.5, want: true },
  { ms: 2 ** 31 - 1, want: true },
  { ms: 2 ** 31, want: false },
  { ms: 0, want: false },
  { ms: -1, want: false },
  { ms: Number.NaN, want: false },
  { ms: "1", want: false },
  { ms: 1n, want: false },
])("whether $ms is a duration: $want", ({ ms, want }) => {
  expect(isDuration(ms)).toBe(want);
});

test("text and arrays are not async iterables, generators are", async () => {
  async function* none() {}
  expect([none(), "a", [], {}, null, undefined, 5].map(isAsyncIterable)).toEqual([
    true,
    ...Array(6).fill(false),
  ]);
});

interface Options {
  readonly wait?: number | undefined;
  readonly follow?: boolean | undefined;
}
const rules: Rules<Options> = { wait: rule.duration, follow: rule.boolean };
const check = (options: unknown) => checkOptions(options as Options, rules, { where: "sample" });

test.each([
  { given: undefined, want: {} },
  { given: {}, want: {} },
  { given: { wait: undefined }, want: {} },
  { given: { wait: 1, follow: false }, want: { wait: 1, follow: false } },
  { given: Object.assign(Object.create(null) as object, { wait: 1 }), want: { wait: 1 } },
  { given: Object.create({ wait: 1 }), want: { wait: 1 } },
  {
    given: new (class {
      get wait() {
        return 1;
      }
    })(),
    want: { wait: 1 },
  },
])("of the options $given, $want is taken", ({ given, want }) => {
  expect(check(given)).toEqual(want);
});

test.each([
  { given: null, says: "sample: the options must be an object, not null" },
  { given: "wait", says: "sample: the options must be an object, not a string" },
  { given: [], says: "sample: the options must be an object, not an array" },
  { given: { wiat: 1 }, says: "sample: the option wiat is unknown. Known options: wait, follow" },
  { given: { wiat: undefined }, says: "sample: the option wiat is unknown" },
  { given: Object.create({ wiat: 1 }), says: "sample: the option wiat is unknown" },
  { given: { constructor: 1 }, says: "sample: the option constructor is unknown" },
  { given: { wait: null }, says: "sample: the option wait must be a positive number of milliseconds" },
  { given: { wait: "5s" }, says: '2147483647 at most, not "5s"' },
  { given: { follow: 1 }, says: "sample: the option follow must be true or false, not 1" },
])("the options $given are refused: $says", ({ given, says }) => {
  expect(() => check(given)).toThrow(ArgumentError);
  expect(() => check(given)).toThrow(says);
});

test.each([
  {
    why: "a getter that throws",
    make: () => throwing,
    says: "sample: the options cannot be read: the getter's",
  },
  { why: "a revoked proxy", make: revoked, says: "sample: the options cannot be read" },
  {
    why: "an option that is one",
    make: () => ({ wait: revoked() }),
    says: "not an object that cannot be read",
  },
])("options with $why are refused: $says", ({ make, says }) => {
  expect(() => check(make())).toThrow(ArgumentError);
  expect(() => check(make())).toThrow(says);
});

test("the message has what to write in place of another client's option", () => {
  const place = { equivalents: { rm: "remove: true" }, error: ConfigError };
  const attempt = () => checkOptions({ rm: true } as Options, rules, place);
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(/^The option rm is unknown; write remove: true instead$/);
});

test("returns a copy, so that later changes have no effect", () => {
  const options = { wait: 1 };
  const checked = check(options);
  options.wait = 2;
  expect(checked).toEqual({ wait: 1 });
});

test("what a caller's value throws while it is read is an ArgumentError with that as its cause", () => {
  const cause = new Error("the caller's");
  const attempt = () =>
    reading("sample", () => {
      throw cause;
    });
  expect(attempt).toThrow(ArgumentError);
  expect(attempt).toThrow("sample: an argument cannot be read: the caller's");
  expect(attempt).toThrow(expect.objectContaining({ cause }));
});

test.each([
  { why: "null", thrown: () => null },
  { why: "a number", thrown: () => 5 },
  { why: "a revoked proxy", thrown: revoked },
])("$why that is thrown is an ArgumentError too", ({ thrown }) => {
  const attempt = () =>
    reading("sample", () => {
      throw thrown();
    });
  expect(attempt).toThrow("sample: an argument cannot be read");
});

test("an error of this package stays as it is", () => {
  const error = new ConfigError("x");
  const attempt = () =>
    reading("sample", () => {
      throw error;
    });
  expect(attempt).toThrow(error);
});

test("an AbortSignal is known by what it can do", () => {
  const { signal } = new AbortController();
  const foreign = { aborted: false, addEventListener: () => 1, removeEventListener: () => 1 };
  expect([signal, foreign, {}, "x", null].map((value) => rule.signal.check(value))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test.each([
  {
    name: "followProgress",
    known: ["onProgress"],
    says: "the option followProgress is unknown; write onProgress instead",
  },
  {
    name: "callback",
    known: ["onProgress"],
    says: "the option callback is unknown; write onProgress instead",
  },
  {
    name: "oneShot",
    known: ["stream", "one-shot"],
    says: 'the option oneShot is unknown; write "one-shot" instead',
  },
  { name: "psArgs", known: ["ps_args"], says: "the option psArgs is unknown; write ps_args instead" },
  { name: "callback", known: ["env"], says: "the option callback is unknown. Known options: env" },
])("$name is answered with the option of $known that it means: $says", ({ name, known, says }) => {
  expect(unknownOption(name, known)).toBe(says);
});

test("a callback in place of options is refused with what to do instead", () => {
  const attempt = () => checkOptions<object>(() => undefined, {}, { where: "run" });
  expect(attempt).toThrow(
    "run: the options must be an object, not a function; await the call instead of passing a callback.",
  );
});

test("options that are a stream are refused in one sentence", () => {
  const rules = { signal: rule.signal };
  expect(() => checkOptions<object>(process.stdout, rules, { where: "run" })).toThrow(
    /^run: the options must be an object, not a stream. Known options: signal$/,
  );
});

test("dockerode's abortSignal is signal, wherever there is one", () => {
  const rules = { signal: rule.signal };
  expect(() => checkOptions<object>({ abortSignal: 1 }, rules, { where: "copyIn" })).toThrow(
    "the option abortSignal is unknown; write signal instead",
  );
});
