import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadOverlays, readOverlay } from "../../../../scripts/spec/correct/overlay.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { temporaryFolder } from "../small-workspace.js";

const failureOf = (action: () => unknown): Error => {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
};

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
    want: 'unknown key "updates"; known keys: target',
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
  {
    given: "x-matches by no range",
    action: { ...good, "x-matches": {} },
    want: "x-matches must be the number",
  },
  {
    given: "x-matches by an invalid range",
    action: { ...good, "x-matches": { newest: 1 } },
    want: "x-matches must be the number",
  },
  {
    given: "x-matches 0 in a range",
    action: { ...good, "x-matches": { ">=1.48": 0 } },
    want: "x-matches must be the number",
  },
  {
    given: "an x-versions that is not a range",
    action: { ...good, "x-versions": "newest" },
    want: 'x-versions "newest" is not a range of API versions; write one such as ">=1.49"',
  },
  {
    given: "an x-versions that YAML reads as a number",
    action: { ...good, "x-versions": 1.5 },
    want: "x-versions 1.5 is not a range of API versions",
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

test("an overlay whose x-versions is not a range is refused", () => {
  const error = failureOf(() => readOverlay("overlay: 1.0.0\nx-versions: new\nactions: []", "a.yaml"));
  expect(error.message).toBe(
    'a.yaml: x-versions "new" is not a range of API versions; write one such as ">=1.49".',
  );
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

describe("the overlays of a folder", () => {
  const overlays = (order: string, names: readonly string[]) => {
    const root = temporaryFolder();
    const folder = join(root, "spec", "overlays");
    mkdirSync(folder, { recursive: true });
    for (const name of names) {
      writeFileSync(join(folder, name), stringify({ overlay: "1.0.0", actions: [good] }));
    }
    writeFileSync(join(folder, "order.yaml"), order);
    writeFileSync(join(folder, ".DS_Store"), "\0");
    return loadOverlays({ root });
  };

  test("are read in the order that order.yaml lists", async () => {
    const read = await overlays("[z.yaml, b.yml, a.yaml]", ["a.yaml", "b.yml", "z.yaml"]);
    expect([...read.keys()]).toEqual(["z.yaml", "b.yml", "a.yaml"]);
  });

  test.each([
    { given: "one it does not list", order: "[a.yaml]", want: "order.yaml does not list b.yaml." },
    {
      given: "one that is missing",
      order: "[a.yaml, b.yaml, c.yaml]",
      want: "order.yaml lists c.yaml, which does not exist.",
    },
    { given: "no list", order: "a.yaml: 1", want: "order.yaml is not a list of file names." },
  ])("are refused with $given", async ({ order, want }) => {
    await expect(overlays(order, ["a.yaml", "b.yaml"])).rejects.toThrow(want);
  });
});
