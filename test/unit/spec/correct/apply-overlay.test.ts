import { applyOverlay } from "../../../../scripts/spec/correct/apply-overlay.js";
import type { OverlayAction } from "../../../../scripts/spec/correct/overlay.js";
import type { OpenApi } from "../../../../scripts/spec/openapi.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";

const info = { title: "t", version: "1.48" };

const apply = (document: object, ...actions: Omit<OverlayAction, "description">[]): unknown => {
  const { info: _, ...result } = applyOverlay(
    { info, ...document } as OpenApi,
    {
      overlay: "1.0.0",
      info,
      actions: actions.map((action) => ({ ...action, description: "why" })),
    },
    "subject.yaml",
  );
  return result;
};

const failureOf = (action: () => unknown): Error => {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

describe("an action whose target does not match the expected number of places", () => {
  const document = { a: { x: 1 }, b: { x: 2 }, c: { x: 3 } };
  test.each([
    { given: "too few", expected: 4, found: 3, target: "$.*.x" },
    { given: "too many", expected: 2, found: 3, target: "$.*.x" },
    { given: "none", expected: 1, found: 0, target: "$.*.y" },
    { given: "one place named twice", expected: 2, found: 1, target: "$['a','a']" },
  ])("stops: $given", ({ expected, found, target }) => {
    const error = failureOf(() =>
      apply(
        document,
        { target: "$.a", "x-matches": 1, update: { z: 0 } },
        { target, "x-matches": expected, update: 0 },
      ),
    );
    expect(error).toBeInstanceOf(SpecError);
    expect(error.message).toBe(
      `subject.yaml, action 2: ${target} matches ${found} places in API 1.48, expected ${expected}. ` +
        'If this version needs no correction there, narrow x-versions to "<1.48"; if it is needed in other places, ' +
        "correct the target, or give x-matches by range.",
    );
  });

  test("is counted in the document that the actions before it left", () => {
    expect(
      apply(
        document,
        { target: "$.a.x", "x-matches": 1, remove: true },
        { target: "$.*.x", "x-matches": 2, update: 9 },
      ),
    ).toEqual({ a: {}, b: { x: 9 }, c: { x: 9 } });
  });
});

describe("an update", () => {
  test.each([
    {
      title: "merges objects at every depth",
      given: { a: { keep: 1, deep: { old: 1, both: 1 } } },
      update: { deep: { both: 2, new: 2 } },
      want: { a: { keep: 1, deep: { old: 1, both: 2, new: 2 } } },
    },
    { title: "appends its items to an array", given: { a: [1] }, update: [2, 3], want: { a: [1, 2, 3] } },
    { title: "appends itself to an array", given: { a: [1] }, update: { b: 2 }, want: { a: [1, { b: 2 }] } },
    {
      title: "appends to an array inside",
      given: { a: { enum: ["x"] } },
      update: { enum: ["y"] },
      want: { a: { enum: ["x", "y"] } },
    },
    { title: "replaces a primitive", given: { a: 1 }, update: "text", want: { a: "text" } },
    { title: "replaces a primitive by an object", given: { a: 1 }, update: { b: 2 }, want: { a: { b: 2 } } },
    { title: "replaces an object by a primitive", given: { a: { b: 1 } }, update: null, want: { a: null } },
    {
      title: "replaces null inside",
      given: { a: { b: null } },
      update: { b: { c: 1 } },
      want: { a: { b: { c: 1 } } },
    },
  ])("$title", ({ given, update, want }) => {
    const before = structuredClone(given);
    expect(apply(given, { target: "$.a", "x-matches": 1, update })).toEqual(want);
    expect(given).toEqual(before);
  });

  test("reaches places that lie within each other", () => {
    const given = { a: { tag: 1, inner: { tag: 1, inner: { tag: 1 } } } };
    expect(apply(given, { target: "$..[?@.tag==1]", "x-matches": 3, update: { tag: 2 } })).toEqual({
      a: { tag: 2, inner: { tag: 2, inner: { tag: 2 } } },
    });
  });

  test("gives each place a copy of its own", () => {
    expect(
      apply(
        { a: {}, b: {} },
        { target: "$['a','b']", "x-matches": 2, update: { list: ["x", "y"] } },
        { target: "$.a.list[0]", "x-matches": 1, remove: true },
      ),
    ).toEqual({ a: { list: ["y"] }, b: { list: ["x", "y"] } });
  });
});

describe("a removal", () => {
  test.each([
    { title: "takes keys", given: { a: 1, b: 2, c: 3 }, target: "$['a','c']", matches: 2, want: { b: 2 } },
    {
      title: "takes several items of an array",
      given: { a: [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }] },
      target: "$.a[?@.n!=3]",
      matches: 3,
      want: { a: [{ n: 3 }] },
    },
    {
      title: "takes the items it names in whatever order",
      given: { a: [0, 1, 2, 3] },
      target: "$.a[2,0,3]",
      matches: 3,
      want: { a: [1] },
    },
    {
      title: "takes an item and a place within a later one",
      given: { a: [{ x: 1 }, { b: [{ x: 1 }, { y: 1 }] }] },
      target: "$..[?@.x==1]",
      matches: 2,
      want: { a: [{ b: [{ y: 1 }] }] },
    },
  ])("$title", ({ given, target, matches, want }) => {
    const before = structuredClone(given);
    expect(apply(given, { target, "x-matches": matches, remove: true })).toEqual(want);
    expect(given).toEqual(before);
  });
});

test.each([
  { given: "the whole document", target: "$", want: "action 1: $: the whole document cannot be a target" },
  { given: "a broken JSONPath", target: "$.a[?", want: "action 1: $.a[? is not a JSONPath: " },
  { given: "a path without its $", target: "a.b", want: "action 1: a.b is not a JSONPath: " },
])("a target that is $given stops", ({ target, want }) => {
  const error = failureOf(() => apply({ a: 1 }, { target, "x-matches": 1, update: 2 }));
  expect(error).toBeInstanceOf(SpecError);
  expect(error.message).toContain(`subject.yaml, ${want}`);
});

/** Applies actions to a description of the API version, from an overlay written for API 1.48. */
const applyTo = (
  api: string,
  document: object,
  actions: Omit<OverlayAction, "description">[],
  over: object = {},
): unknown =>
  applyOverlay(
    { info: { title: "t", version: api }, ...document } as OpenApi,
    {
      overlay: "1.0.0",
      info,
      actions: actions.map((action) => ({ ...action, description: "why" })),
      ...over,
    },
    "subject.yaml",
  );

describe("x-versions", () => {
  test.each([
    { api: "1.48", range: undefined, want: true },
    { api: "1.48", range: ">=1.49", want: false },
    { api: "1.49", range: ">=1.49", want: true },
    { api: "1.51", range: ">=1.49 <1.51", want: false },
    { api: "1.100", range: ">=1.51", want: true },
    { api: "1.47", range: "1.47 || >=1.50", want: true },
    { api: "1.48", range: "1.47 || >=1.50", want: false },
    { api: "1.48", range: "<=1.48", want: true },
    { api: "1.48", range: ">1.47", want: true },
  ])("$range holds for $api: $want", ({ api, range, want }) => {
    const action = { target: "$.a", "x-matches": 1, update: { new: 1 } };
    const of = range === undefined ? {} : { "x-versions": range };
    const expected = { a: want ? { new: 1 } : {} };
    expect(applyTo(api, { a: {} }, [{ ...action, ...of }])).toMatchObject(expected);
    expect(applyTo(api, { a: {} }, [action], of)).toMatchObject(expected);
  });

  test("of the overlay and of an action must both hold", () => {
    const action = { target: "$.a", "x-matches": 1, "x-versions": ">=1.49", update: 2 };
    expect(applyTo("1.51", { a: 1 }, [action], { "x-versions": "<1.51" })).toMatchObject({ a: 1 });
    expect(applyTo("1.50", { a: 1 }, [action], { "x-versions": "<1.51" })).toMatchObject({ a: 2 });
  });
});

describe("x-matches by range", () => {
  const action = { target: "$.list[*]", "x-matches": { "<1.48": 1, ">=1.48": 2 }, remove: true };
  test("expects what its range says", () => {
    expect(applyTo("1.47", { list: [1] }, [action])).toMatchObject({ list: [] });
    expect(applyTo("1.51", { list: [1, 2] }, [action])).toMatchObject({ list: [] });
    expect(failureOf(() => applyTo("1.47", { list: [1, 2] }, [action])).message).toContain(
      "matches 2 places in API 1.47, expected 1.",
    );
  });

  test.each([
    { given: { "<1.48": 1 }, want: "its ranges that hold are none" },
    { given: { ">=1.40": 1, "1.51": 2 }, want: "its ranges that hold are >=1.40, 1.51" },
  ])("that says nothing, or two things, stops: $given", ({ given, want }) => {
    const error = failureOf(() => applyTo("1.51", { list: [1] }, [{ ...action, "x-matches": given }]));
    expect(error).toBeInstanceOf(SpecError);
    expect(error.message).toContain(want);
  });
});

describe("an action that upstream made redundant stops the build, and says how to narrow it:", () => {
  const gone = { target: "$.gone", "x-matches": 1, remove: true };
  test.each([
    { given: "in a later version", api: "1.51", range: undefined, want: '"<1.51"' },
    { given: "in an earlier version", api: "1.47", range: undefined, want: '">1.47"' },
    { given: "in the version itself", api: "1.48", range: undefined, want: '"<1.48"' },
    { given: "beside a range it has", api: "1.51", range: ">=1.47", want: '">=1.47 <1.51"' },
    {
      given: "in one of two ranges",
      api: "1.51",
      range: "1.47 || >=1.50",
      want: '"1.47 <1.51 || >=1.50 <1.51"',
    },
  ])("$given", ({ api, range, want }) => {
    const action = range === undefined ? gone : { ...gone, "x-versions": range };
    const error = failureOf(() => applyTo(api, {}, [action]));
    expect(error).toBeInstanceOf(SpecError);
    expect(error.message).toContain(`narrow x-versions to ${want}; `);
    const narrow = JSON.parse(want) as string;
    expect(applyTo(api, {}, [{ ...gone, "x-versions": narrow }])).toMatchObject({});
  });

  test.each([
    { given: "a key", document: { a: { type: "string", x: 1 } }, update: { type: "string" } },
    { given: "keys at every depth", document: { a: { b: { c: 1, d: 2 } } }, update: { b: { c: 1 } } },
    { given: "an item of a list", document: { a: { enum: ["x", "y"] } }, update: { enum: ["z", "y"] } },
    {
      given: "an item that is an object",
      document: { a: [{ name: "p", in: "query" }] },
      update: { in: "query", name: "p" },
    },
    { given: "a value", document: { a: null }, update: null },
  ])("$given is there already", ({ document, update }) => {
    const error = failureOf(() => applyTo("1.51", document, [{ target: "$.a", "x-matches": 1, update }]));
    expect(error).toBeInstanceOf(SpecError);
    expect(error.message).toBe(
      "subject.yaml, action 1: $.a changes nothing in API 1.51 at a: the description already says so. " +
        'Leave out what is right already, or narrow x-versions to "<1.51".',
    );
  });

  test.each([
    { given: "a null that is not stated yet", document: { a: {} }, update: { default: null } },
    { given: "one key of two", document: { a: { b: 1 } }, update: { b: 1, c: 2 } },
    { given: "another item", document: { a: ["x"] }, update: ["y"] },
  ])("but not one that still adds something: $given", ({ document, update }) => {
    expect(() => applyTo("1.51", document, [{ target: "$.a", "x-matches": 1, update }])).not.toThrow();
  });
});
