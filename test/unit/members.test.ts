import { Readable } from "node:stream";
import { isObject, kindOf, readMembers } from "../../src/members.js";

const bare = Object.assign(Object.create(null) as object, { a: 1 });

/** Settings as a class of a program's own has them. */
class Settings {
  readonly #wait = 1;
  get wait() {
    return this.#wait;
  }
}

async function* generator() {}

test.each(["hunter2", 5, {}, ["hunter2"]])("the kind of %j does not show it", (value) => {
  expect(kindOf(value)).toMatch(/^an? (string|number|object|array)$/);
});

test("an object is neither an array, null nor a function", () => {
  expect([{}, bare, [], null, () => 1].map(isObject)).toEqual([true, true, false, false, false]);
});

const unnamed = () =>
  Object.create({
    get constructor(): never {
      throw new Error("the getter's");
    },
    inherited: undefined,
  }) as object;

test.each<{ make: () => unknown; want: string }>([
  { make: () => new Map(), want: "a Map" },
  { make: () => new Headers(), want: "a Headers" },
  { make: () => Buffer.from("hunter2"), want: "a Buffer" },
  { make: () => new Error("hunter2"), want: "an Error" },
  { make: () => new Settings(), want: "a Settings" },
  { make: () => new (class {})(), want: "an instance" },
  { make: () => Object.create({ a: 1 }), want: "an instance" },
  { make: () => ({ [Symbol.iterator]: refuse }), want: "an iterable" },
  { make: () => generator(), want: "an AsyncGenerator" },
  { make: () => Promise.resolve("hunter2"), want: "a Promise (await it first)" },
  { make: unnamed, want: "an object that cannot be read" },
])("the kind of an object is $want", ({ make, want }) => {
  expect(kindOf(make())).toBe(want);
});

const refuse = (problem: string): never => {
  throw new Error(problem);
};

test.each<{ of: string; make: () => object; want: object }>([
  { of: "a plain object", make: () => ({ a: 1, b: undefined }), want: { a: 1, b: undefined } },
  { of: "an empty object", make: () => ({}), want: {} },
  { of: "an object without a prototype", make: () => bare, want: { a: 1 } },
  { of: "an object's prototype", make: () => Object.create({ a: 1 }), want: { a: 1 } },
  { of: "a class, if wanted", make: () => new Settings(), want: { wait: 1 } },
  { of: "an instance's own", make: () => Object.assign(new Settings(), { a: 1 }), want: { a: 1, wait: 1 } },
  { of: "the environment", make: () => process.env, want: { ...process.env } },
])("reads the members of $of", ({ make, want }) => {
  expect({ ...readMembers(make(), ["wait"], refuse) }).toEqual(want);
});

// "size" is an option of some operations, and a member of some collections.
const wanted = ["size"];

test.each<{ what: string; make: () => unknown }>([
  { what: "undefined", make: () => undefined },
  { what: "null", make: () => null },
  { what: "an array", make: () => [] },
  { what: "a Map (pass Object.fromEntries of it)", make: () => new Map([["a", 1]]) },
  { what: "a Map (pass Object.fromEntries of it)", make: () => Object.assign(new Map(), { a: 1 }) },
  { what: "a Set", make: () => new Set(["a"]) },
  { what: "a WeakMap", make: () => new WeakMap() },
  { what: "a Date", make: () => new Date() },
  { what: "a RegExp", make: () => /a/ },
  { what: "a URLSearchParams (pass Object.fromEntries of it)", make: () => new URLSearchParams("a=1") },
  { what: "a Headers (pass Object.fromEntries of it)", make: () => new Headers({ a: "1" }) },
  { what: "a Uint16Array", make: () => new Uint16Array(1) },
  { what: "an ArrayBuffer", make: () => new ArrayBuffer(1) },
  { what: "an AsyncGenerator", make: generator },
  { what: "a stream", make: () => Readable.from([]) },
  { what: "a Promise (await it first)", make: () => Promise.resolve({ a: 1 }) },
  { what: "a Promise (await it first)", make: () => Object.assign(Promise.resolve(), { a: 1 }) },
  { what: "a Settings", make: () => new Settings() },
  { what: "an instance", make: () => new (class {})() },
  { what: "an iterable", make: () => ({ a: 1, [Symbol.iterator]: refuse }) },
  { what: "one with a symbol as a key", make: () => ({ a: 1, [Symbol("s")]: 1 }) },
])("refuses $what", ({ what, make }) => {
  expect(() => readMembers(make(), wanted, refuse)).toThrow(`must be an object, not ${what}`);
});

test("says what is wanted", () => {
  expect(() => readMembers(new Map(), [], refuse, "an object of lists")).toThrow(
    "must be an object of lists, not a Map (pass Object.fromEntries of it)",
  );
});

test("refuses once", () => {
  const problems: string[] = [];
  const fail = (problem: string): never => {
    problems.push(problem);
    throw new Error(problem);
  };
  expect(() => readMembers(new Map(), [], fail)).toThrow();
  expect(problems).toEqual(["must be an object, not a Map (pass Object.fromEntries of it)"]);
});
