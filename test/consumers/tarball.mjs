/** What npm would publish: exactly what its users need. Needs dist/. Fails at the first check that does not hold. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { wordless } from "./words.mjs";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const { exports } = JSON.parse(read("package.json"));
const packing = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 2 ** 26,
});
const [{ files, unpackedSize }] = JSON.parse(packing);
const packed = files.map(({ path }) => path).sort();

const ALWAYS = ["CHANGELOG.md", "LICENSE", "README.md", "dist/THIRD-PARTY-LICENSES", "package.json"];
const MIB = 2 ** 20;

const pathsIn = (target) => (typeof target === "string" ? [target] : Object.values(target).flatMap(pathsIn));

/** The files that a file of dist/ loads, refers to, or is mapped to. */
function neighbors(path) {
  const text = read(path);
  const beside = (file) => posix.join(posix.dirname(path), file);
  if (path.endsWith(".map")) return JSON.parse(text).sources.map(beside);
  if (path.endsWith(".json")) return [...new Set(text.match(/(?<="\$ref":")[^"#]+/g))].map(beside);
  const declarations = (file) => (path.endsWith(".d.ts") ? file.replace(/\.cjs$/, ".d.cts") : file);
  const types = (file) => (path.endsWith(".d.cts") ? file.replace(/\.cjs$/, ".d.cts") : file);
  const loads = /(?:\bfrom|\bimport|\bimport\(|\brequire\() ?["'](\.[^"']+)["']|sourceMappingURL=(\S+)/g;
  return [...text.matchAll(loads)].map(([, file, map]) => beside(types(declarations(file ?? map))));
}

const linesOf = (text) => text.split("\n");

/** A source apart from its TSDoc, which the package leaves out. */
const codeOf = (text) => text.replace(/\/\*\*.*?\*\//gs, "").replace(/\s+/g, "");

/** Files, and all that they lead to. */
function reached(starts) {
  const found = new Set();
  const follow = (path) => {
    if (found.has(path)) return;
    found.add(path);
    if (!path.startsWith("dist/src/")) neighbors(path).forEach(follow);
  };
  starts.forEach(follow);
  return found;
}

const entries = pathsIn(exports).map((path) => posix.normalize(path));
const needed = reached(entries);

const checks = {
  "holds what its entries lead to, its papers, and nothing else": () => {
    assert.deepEqual(packed, [...new Set([...ALWAYS, ...needed])].sort());
  },
  "has a description of each API version": () => {
    const descriptions = entries.filter((path) => path.endsWith("openapi.json"));
    const versions = descriptions.map((path) => JSON.parse(read(path)).info.version);
    assert.equal(
      descriptions.length,
      Object.keys(exports).filter((entry) => entry.endsWith("openapi.json")).length,
    );
    assert.equal(new Set(versions).size, versions.length);
    assert.ok(versions.length >= 5);
  },
  "has maps for the ES modules, and the sources of all that they map": () => {
    const maps = packed.filter((path) => path.endsWith(".map"));
    const sources = maps.flatMap((path) => neighbors(path));
    assert.ok(sources.length > 200, String(sources.length));
    for (const path of sources) {
      assert.ok(packed.includes(path), path);
      const [copied, source] = [read(path), read(path.replace(/^dist\//, ""))];
      assert.equal(linesOf(copied).length, linesOf(source).length, `${path} has other lines than its source`);
      assert.ok(codeOf(copied) === codeOf(source), `${path} is not what src/ has; build again`);
    }
  },
  "loads nothing by an import that only the repository has": () => {
    const leaking = packed.filter(
      (path) => /^dist\/.*\.(c?js|d\.c?ts)$/.test(path) && /["']#\w+\//.test(read(path)),
    );
    assert.deepEqual(leaking, []);
  },
  "says something about every export and field": () => {
    const files = entries
      .filter((path) => path.endsWith(".d.cts"))
      .map((path) => path.replace(/^dist\//, ""));
    const { missing, seen } = wordless(files);
    assert.ok(seen > 4000, String(seen));
    assert.deepEqual(missing, []);
  },
  "is at most 4 MiB": () => {
    assert.ok(unpackedSize <= 4 * MIB, `${(unpackedSize / MIB).toFixed(2)} MiB`);
  },
};

for (const [title, check] of Object.entries(checks)) {
  check();
  console.log(`ok  ${title}`);
}
