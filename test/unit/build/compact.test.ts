import { runInNewContext } from "node:vm";
import { indentedByTabs, minified, withoutTsdoc } from "../../../scripts/build/compact.js";

const METHODS = Array.from(
  { length: 30 },
  (_, at) => `  method${at}(value) { return [value, ${at}, "some text"]; }`,
);
const CODE = `exports.make = () => new Thing();\nclass Thing {\n${METHODS.join("\n")}\n}`;

const exportsOf = (code: string) => {
  const exports = {} as { make(): object };
  runInNewContext(code, { exports });
  return exports;
};

test("minified code does the same, and keeps the names of classes", async () => {
  const { code } = await minified(CODE, { keepNames: true });
  const thing = exportsOf(code).make() as Record<string, (value: string) => unknown[]>;
  expect(thing.constructor.name).toBe("Thing");
  expect(Array.from(thing.method7?.("a") ?? [])).toEqual(["a", 7, "some text"]);
});

test("minified code has lines that a terminal can show, and breaks no string", async () => {
  const { code } = await minified(CODE, { keepNames: true });
  const lines = code.split("\n");
  expect(lines.length).toBeGreaterThan(3);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(300);
  expect(code.match(/"some text"/g)).toHaveLength(METHODS.length);
});

test("tabs take the place of four spaces, but not within text", () => {
  const code = [
    "function text(a) {",
    "    if (a) {",
    "        /**",
    "         * About it.",
    "         */",
    "        return `one",
    "    two ${[",
    "        a,",
    "    ]}",
    "    three`;",
    "    }",
    "}",
  ].join("\n");
  expect(indentedByTabs(code)).toBe(
    [
      "function text(a) {",
      "\tif (a) {",
      "\t\t/**",
      "\t\t * About it.",
      "\t\t */",
      "\t\treturn `one",
      "    two ${[",
      "\t\ta,",
      "\t]}",
      "    three`;",
      "\t}",
      "}",
    ].join("\n"),
  );
});

test("a source without TSDoc has the same lines, and other comments", () => {
  const source = [
    "/**",
    " * Adds.",
    " */",
    "export function add(a: number): number {",
    "  /** One. */",
    "  const one = 1; // why",
    '  return a + one + "/** text */".length;',
    "}",
  ].join("\n");
  expect(withoutTsdoc(source).split("\n")).toEqual([
    ...["", "", ""],
    "export function add(a: number): number {",
    "",
    "  const one = 1; // why",
    '  return a + one + "/** text */".length;',
    "}",
  ]);
});
