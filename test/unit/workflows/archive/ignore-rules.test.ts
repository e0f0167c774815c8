import { type BytePath, bytePath } from "../../../../src/workflows/archive/byte-path.js";
import { IgnoreRules } from "../../../../src/workflows/archive/ignore-rules.js";

/** Whether rules ignore a path: its folders are asked about first, as a walk does. */
function ignores(lines: string | Buffer, path: string | BytePath, always: string[] = []): boolean {
  const rules = new IgnoreRules(Buffer.from(lines as string), always.map(bytePath), "linux");
  const parts = (path.endsWith("/") ? path.slice(0, -1) : path).split("/");
  const choices = parts.map((_, at) => {
    const isDirectory = at < parts.length - 1;
    return rules.choose(bytePath(parts.slice(0, at + 1).join("/")), isDirectory);
  });
  return choices.includes("prune") || choices.at(-1) !== "take";
}

/** Pattern, what it ignores, what it does not. */
const PATTERNS: readonly [pattern: string, ignored: string[], taken: string[]][] = [
  ["**", ["x", "x/y", "x/y/z", ".x"], []],
  ["**/", ["x", "x/y"], []],
  ["**/**", ["x/y", "x"], []],
  ["a/**", ["a/b", "a/b/c"], ["b/a", "ab/c"]],
  ["**/a", ["a", "a/x", "b/a", "b/c/a"], ["ab", "ba"]],
  ["**/a/*", ["a/x", "b/a/x", "b/c/a/x/y"], ["b", "x"]],
  ["**/a/**", ["a/x", "b/a/x/y"], ["b/x"]],
  ["**x", ["x", "a/x", "a/bx", "bx"], ["xa"]],
  ["**/x*", ["x", "xy", "a/b/xy.z"], ["a/yx"]],
  ["**/x*.z*", ["x.z", "a/xy.zz", "a/b/x.z1"], ["a/xz"]],
  ["**/**/*.z", ["a.z", "b/a.z", "b/c/a.z"], ["a.zz", "b/c/a"]],
  ["a**/*.z", ["a/b.z", "a/b/c.z", "ab/c.z"], ["b/a.z"]],
  ["a/*.z", ["a/b.z"], ["a/b/c.z", "b.z"]],
  ["a/*.z**", ["a/b.z", "a/b.zz", "a/b.z/c"], ["a/b"]],
  ["*", ["a", "a/b", ".a", "☺"], []],
  ["*z", ["z", "az", "az/b"], ["za"]],
  ["a*/b", ["a/b", "axx/b", "ab/b/c"], ["a/c/b", "b"]],
  ["a*b*c*d*e*/f", ["axbxcxdxe/f", "axbxcxdxexxx/f"], ["axbxcxdxe/xxx/f", "axbxcxdxexxx/fff"]],
  ["a*b?c*x", ["abxbbxdbxebxczzx"], ["abxbbxdbxebxczzy"]],
  ["*x", ["xxx"], ["xxy"]],
  ["a?b", ["axb", "a☺b", "aüb"], ["ab", "a/b", "axxb"]],
  ["a???b", ["axyzb"], ["a☺b"]],
  ["a[b-d]e", ["abe", "ace", "ade"], ["ae", "aae", "afe"]],
  ["a[^b-d]e", ["aae", "a☺e", "a-e"], ["abe", "ae"]],
  ["[a-ζ]*", ["α", "a", "zb"], ["A", "ω"]],
  ["*[a-ζ]", ["Aα"], ["A"]],
  ["[\\]a]", ["]", "a"], ["b", "\\"]],
  ["[\\-x]", ["-", "x"], ["a", "z"]],
  ["[x\\-]", ["-", "x"], ["a", "z"]],
  ["[[:digit:]]x", ["1x"], ["ax", ":x"]],
  ["[[:^digit:]]x", ["ax"], ["1x"]],
  [".*", [".a", ".git/x"], ["a", "a.b"]],
  ["a.b", ["a.b"], ["axb", "ab"]],
  ["a\\*b", ["a*b"], ["ab", "axb"]],
  ["a\\\\*", ["a\\", "a\\b"], ["a", "ab"]],
  ["a(b)c/d", ["a(b)c/d", "a(b)c/d/e"], ["a(b)c/e", "abc/d"]],
  ["id_rsa (1)", ["id_rsa (1)"], ["id_rsa 1"]],
  ["db+prod.env", ["db+prod.env"], ["dbbprod.env", "db+prodxenv"]],
  ["*+*.env", ["db+prod.env"], ["dbprod.env"]],
  ["c++", ["c++", "c++/x"], ["c", "ccc"]],
  ["k|bar.txt", ["k|bar.txt"], ["keep.txt", "bar.txt", "k"]],
  ["a.|)$(}+{bc", ["a.|)$(}+{bc"], ["a", "bc"]],
  ["x^y", ["x^y"], ["xy"]],
  ["$v*", ["$v", "$vw"], ["v"]],
  ["/a", ["a", "a/b"], ["b/a"]],
  ["./a/../b//c/", ["b/c", "b/c/d"], ["a", "b"]],
  ["  a\t", ["a"], ["  a"]],
  ["\u00a0\u3000a\u0085", ["a"], []],
  ["a b", ["a b"], ["a", "b"]],
  ["A", ["A"], ["a"]],
  ["# a", [], ["# a", "a"]],
  [" # a", ["# a"], ["a"]],
  // What the CLI makes of a pattern is an expression of Go, and shows it.
  ["\\d*", ["1", "12"], ["d", "da"]],
  ["a\\x41*", ["aA", "aAb"], ["ax41"]],
  ["*\\bb", ["-b", "a.b"], ["ab"]],
  ["x{2}*", ["xx", "xxy"], ["x", "x{2}"]],
  ["a|b*", ["ab", "axx", "b", "cb"], ["ca", "c"]],
  ["\\pL*", ["a", "ü", "ζx"], ["1", "-a"]],
  ["[*]", ["]", "[[]", "^]"], ["*", "a]"]],
];

test.each(PATTERNS)("%j ignores %j, but not %j", (pattern, ignored, taken) => {
  for (const path of ignored) expect([path, ignores(pattern, path)]).toEqual([path, true]);
  for (const path of taken) expect([path, ignores(pattern, path)]).toEqual([path, false]);
});

/** Lines, what they ignore, what they do not. */
const LISTS: readonly [lines: string[], ignored: string[], taken: string[]][] = [
  [["*.go", "!a.go"], ["b.go"], ["a.go"]],
  [["!a.go", "*.go"], ["a.go", "b.go"], []],
  [["d", "!d/a"], ["d/b"], ["d/a"]],
  [["d/", "!d/a"], ["d/b"], ["d/a"]],
  [["d/*", "!d/a"], ["d/b"], ["d/a"]],
  [["d", "  !d/a  "], ["d/b"], ["d/a"]],
  [["d", "! /d/a"], ["d/b"], ["d/a"]],
  [["**", "!u/d/w"], ["u/d/x"], ["u/d/w/foo"]],
  [["**", "!u/d/w", "u/d/w/foo"], ["u/d/w/foo"], ["u/d/w/bar"]],
  [["**", "!d/a-1.0+g0.whl"], ["d/b"], ["d/a-1.0+g0.whl"]],
  [["**", "!d/*.whl"], ["d/a"], ["d/a.whl"]],
  // Only an exception that names a folder literally opens it.
  [["*", "!**/c.txt"], ["a/c.txt", "a/b/c.txt"], ["c.txt"]],
  [
    ["a/b/c/d", "!a/b"],
    ["a/b/c/d", "a/b/c/d/e"],
    ["a/b/c", "a/b/x"],
  ],
  [["\ufeff*.log"], ["a.log"], []],
  [["*.log\r", "\r", "!a.log\r"], ["b.log"], ["a.log"]],
];

test.each(LISTS)("%j ignore %j, but not %j", (lines, ignored, taken) => {
  for (const path of ignored) expect([path, ignores(lines.join("\n"), path)]).toEqual([path, true]);
  for (const path of taken) expect([path, ignores(lines.join("\n"), path)]).toEqual([path, false]);
});

test.each([
  ...["[", "[^", "[^bc", "a[", "[]a]", "[-]", "[x-]", "[-x]", "[a-b-c]", "\\", "a/b\\", "[a\\"],
  ...["!", "! ", "!/", "![a", "x".repeat(70_000)],
])("the line %j is refused", (line) => {
  expect(() => new IgnoreRules(Buffer.from(line), [])).toThrow(/^its (pattern|exception|line) /);
});

test.each([
  "[z-a]",
  "[Local-Only]",
  "a*\\y",
  "\\p{Nothing}*",
  "[[:nothing:]]",
  "x{5,2}*",
  "x{1001}*",
  "a|{2}*",
  "a**{2}x",
  "x{2}{3}*",
])("the expression of %j is refused as soon as it is asked", (line) => {
  const rules = new IgnoreRules(Buffer.from(line), []);
  expect(() => rules.choose(bytePath("a"), false)).toThrow(/^its pattern .* cannot be used/);
});

test("names and patterns that are not UTF-8 are compared byte by byte", () => {
  const latin = "caf\xe9" as BytePath;
  const one = (rules: Buffer) => new IgnoreRules(rules, []).choose(latin, false);
  expect(one(Buffer.from("caf\xe9", "latin1"))).toBe("prune");
  expect(one(Buffer.from("caf\xe8", "latin1"))).toBe("take");
  expect(one(Buffer.from("caf?"))).toBe("prune");
  expect(one(Buffer.from("caf??"))).toBe("take");
});

test("on Windows a backslash separates folders", () => {
  const rules = new IgnoreRules(Buffer.from("a\\b\n"), [], "win32");
  expect([bytePath("a"), bytePath("a/b")].map((path) => rules.choose(path, path === "a"))).toEqual([
    "take",
    "prune",
  ]);
});

test("what is always taken is taken whatever its name, and opens its folders", () => {
  const rules = new IgnoreRules(Buffer.from("*\n"), ["d/Dockerfile [prod]*", ".dockerignore"].map(bytePath));
  const asked = [".dockerignore", "c", "d", "d/Dockerfile [prod]*", "d/Dockerfile p"].map(bytePath);
  expect(asked.map((path) => rules.choose(path, path === "c" || path === "d"))).toEqual([
    ...["take", "prune", "skip", "take", "prune"],
  ]);
});

test("no pattern takes longer than both lengths allow", () => {
  // Of the processor: the machine may have other things to do.
  const before = process.cpuUsage();
  for (const pattern of [
    "*a*a*a*a*a*a*a*a*b",
    `${"**/".repeat(100)}x*`,
    `${"a*".repeat(500)}b`,
    "a{0,300}a{0,300}b*",
    `${"[*".repeat(50)}a${"]".repeat(50)}`,
  ]) {
    ignores(pattern, "a".repeat(250));
    ignores(pattern, Array(60).fill("aaa").join("/"));
  }
  ignores(`${" ".repeat(65_000)}x`, "a");
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(5000);
});
