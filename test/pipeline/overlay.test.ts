import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { OpenApi } from "../../scripts/pipeline/openapi.js";
import {
  applyOverlay,
  loadOverlays,
  type OverlayAction,
  readOverlay,
} from "../../scripts/pipeline/overlay.js";
import { SpecError } from "../../scripts/pipeline/spec-error.js";
import { temporaryFolder } from "./small-project.js";

const apply = (document: unknown, ...actions: Omit<OverlayAction, "description">[]): unknown =>
  applyOverlay(
    document as OpenApi,
    {
      overlay: "1.0.0",
      info: { title: "t", version: "1" },
      actions: actions.map((action) => ({ ...action, description: "why" })),
    },
    "subject.yaml",
  );

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
      `subject.yaml, action 2: ${target} matches ${found} places, expected ${expected}. ` +
        "If the description changed there, correct or remove the action.",
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
        { target: "$.*", "x-matches": 2, update: { list: ["x", "y"] } },
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
  { given: "the whole document", target: "$", want: "action 1: the whole document cannot be a target" },
  { given: "a broken JSONPath", target: "$.a[?", want: "action 1: $.a[? is not a JSONPath: " },
  { given: "a path without its $", target: "a.b", want: "action 1: a.b is not a JSONPath: " },
])("a target that is $given stops", ({ target, want }) => {
  const error = failureOf(() => apply({ a: 1 }, { target, "x-matches": 1, update: 2 }));
  expect(error).toBeInstanceOf(SpecError);
  expect(error.message).toContain(`subject.yaml, ${want}`);
});

const good = { target: "$.a", description: "why", "x-matches": 1, update: {} };

test("a well-formed overlay is read", () => {
  const overlay = { overlay: "1.0.0", info: { title: "t", version: "1" }, actions: [good] };
  expect(readOverlay(stringify(overlay), "a.yaml")).toEqual(overlay);
});

test.each([
  {
    given: "no reason",
    action: { ...good, description: undefined },
    want: "description must give the reason",
  },
  {
    given: "an empty reason",
    action: { ...good, description: "" },
    want: "description must give the reason",
  },
  {
    given: "an unknown key",
    action: { ...good, updates: {} },
    want: 'unknown key "updates"; known are target',
  },
  {
    given: "update and remove",
    action: { ...good, remove: true },
    want: "state either update or remove: true",
  },
  {
    given: "neither update nor remove",
    action: { ...good, update: undefined },
    want: "state either update or remove: true",
  },
  {
    given: "remove: false alone",
    action: { ...good, update: undefined, remove: false },
    want: "state either update or remove: true",
  },
  {
    given: "a remove that is text",
    action: { ...good, remove: "yes" },
    want: "state either update or remove: true",
  },
  {
    given: "x-matches 0",
    action: { ...good, "x-matches": 0 },
    want: "x-matches must be the number of places",
  },
  { given: "x-matches 1.5", action: { ...good, "x-matches": 1.5 }, want: "x-matches must be the number" },
  { given: "x-matches as text", action: { ...good, "x-matches": "1" }, want: "x-matches must be the number" },
  {
    given: "no x-matches",
    action: { ...good, "x-matches": undefined },
    want: "x-matches must be the number",
  },
  { given: "no target", action: { ...good, target: undefined }, want: "target is not a JSONPath" },
  { given: "nothing in it", action: null, want: "target is not a JSONPath" },
])("an action with $given is refused", ({ action, want }) => {
  const text = stringify(
    { overlay: "1.0.0", actions: [good, action] },
    (_key, value: unknown) => value, // leaves undefined out
  );
  const error = failureOf(() => readOverlay(text, "a.yaml"));
  expect(error).toBeInstanceOf(SpecError);
  expect(error.message).toMatch(/^a\.yaml, action 2 \(/);
  expect(error.message).toContain(want);
});

test.each([
  { given: "not YAML", text: "a: [", want: "a.yaml is not YAML: " },
  { given: "a key stated twice", text: "overlay: 1.0.0\noverlay: 1.0.0\nactions: []", want: "is not YAML: " },
  { given: "empty", text: "", want: "a.yaml is not an Overlay 1.0 document" },
  {
    given: "of another version",
    text: "overlay: 2.0.0\nactions: []",
    want: "is not an Overlay 1.0 document",
  },
  { given: "without actions", text: "overlay: 1.0.0", want: 'it needs "overlay: 1.0.0" and "actions"' },
])("an overlay that is $given is refused", ({ text, want }) => {
  const error = failureOf(() => readOverlay(text, "a.yaml"));
  expect(error).toBeInstanceOf(SpecError);
  expect(error.message).toContain(want);
});

test("overlays are read in the order of their names, whichever way YAML is spelt", async () => {
  const root = temporaryFolder();
  const folder = join(root, "spec", "overlays");
  mkdirSync(folder, { recursive: true });
  for (const name of ["b.yaml", "z-last.yml", "a.yaml"]) {
    writeFileSync(join(folder, name), stringify({ overlay: "1.0.0", actions: [good] }));
  }
  writeFileSync(join(folder, ".DS_Store"), "\0");
  expect([...(await loadOverlays({ root })).keys()]).toEqual(["a.yaml", "b.yaml", "z-last.yml"]);
});
