/** Checks the sources against each API version, and rolls the declarations of all up into files that share what is the same. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { type Plugin, rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { neighborOf } from "../spec/emit/read-version.js";
import { packageFile, workspace } from "../spec/workspace.js";
import type { Exports } from "./code.js";
import { indentedByTabs } from "./compact.js";
import { type ApiVersion, ENTRIES, entriesOf, ownerOf, SHARED_ENTRIES, staging } from "./modules.js";
import { type Compiled, standing } from "./standing.js";

const tsc = createRequire(packageFile(workspace)).resolve("typescript/bin/tsc");

/**
 * Writes the declarations of all versions to a folder: a file for each entry, and files for what entries and versions share.
 * They are those of CommonJS, because an ES module may import these, but not the other way around.
 */
export async function bundleDeclarations(
  versions: readonly ApiVersion[],
  exports: Exports,
  folder: string,
): Promise<void> {
  const compiled = await compileAll(versions);
  const input = versions.flatMap((version) =>
    entriesOf(version).map(([name, module]) => [
      `${version.prefix}${name}`,
      join(of(compiled, version.api).folder, "src", `${module}.d.ts`),
    ]),
  );
  const bundle = await rollup({
    input: Object.fromEntries(input),
    plugins: [declarations(versions, compiled), dts()],
    // Another version also uses types of API 1.48 that it does not export.
    onLog: (level, log, handle) => {
      if (!log.message.includes("private shared type exports")) handle(level, log);
    },
  });
  await bundle.write({
    dir: folder,
    format: "es",
    entryFileNames: "[name].d.cts",
    chunkFileNames: "[name].d.cts",
    manualChunks: (id) => chunkOf(id, [...compiled.values()]),
    minifyInternalExports: false,
    // With `types: []` Node's would be missing, and with skipLibCheck nobody would be told: streams would be any.
    banner: '/// <reference types="node" />',
    plugins: [
      typesStayTypes((entry) => exports.get(entry) ?? []),
      { name: "indented-by-tabs", renderChunk: (code) => indentedByTabs(code) },
    ],
  });
  await bundle.close();
  for (const [entry] of input) {
    const name = entry?.split("/").at(-1);
    await writeFile(join(folder, `${entry}.d.ts`), `export * from "./${name}.cjs";\n`);
  }
}

type CompiledVersions = ReadonlyMap<string, Compiled>;

const of = (compiled: CompiledVersions, api: string): Compiled => compiled.get(api) as Compiled;

/** Compiles the sources on the generated files of each version, two at a time. */
async function compileAll(versions: readonly ApiVersion[]): Promise<CompiledVersions> {
  const waiting = [...versions];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await compile(next.api);
  };
  await Promise.all([work(), work()]);
  const apis = versions.map(({ api }) => api);
  const [home = ""] = apis;
  const compiled = new Map<string, Compiled>();
  const add = ({ api, prefix }: ApiVersion): Compiled => {
    const known = compiled.get(api);
    if (known) return known;
    const next = versions.find((one) => one.api === neighborOf(api, home, apis));
    const base = api === home || !next ? undefined : add(next);
    const version = { prefix, folder: join(staging, api), base };
    compiled.set(api, version);
    return version;
  };
  versions.forEach(add);
  return compiled;
}

/** Compiles the sources on a version's generated files, into declarations. */
async function compile(api: string): Promise<void> {
  const folder = join(staging, api);
  await mkdir(folder);
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      // Members marked @internal would bring internal types into the public declarations.
      stripInternal: true,
      customConditions: [`docker-api-v${api}`],
      types: ["node"],
      rootDir: "../..",
      outDir: ".",
    },
    include: ["../../src"],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await promisify(execFile)(process.execPath, [tsc, "-p", folder]).catch((error: { stdout?: string }) => {
    throw new Error(`The sources do not compile for API ${api}:\n${error.stdout}`);
  });
}

/** The file of dist/ that a module goes to: one of its version for what tests alone need, and one for the rest. */
function chunkOf(id: string, compiled: readonly Compiled[]): string | undefined {
  const version = compiled.find(({ folder }) => id.startsWith(folder + sep));
  if (!version) return undefined;
  const path = relative(version.folder, id).split(sep).join("/");
  const entries = Object.values({ ...ENTRIES, ...SHARED_ENTRIES });
  if (entries.some((module) => path === `src/${module}.d.ts`)) return undefined;
  const isForTests = path.startsWith("src/testing/") || path.endsWith("/operation-types.d.ts");
  return `${version.prefix}${isForTests ? "testing-types" : "types"}`;
}

const EXPORTS = /^export \{ (.+) \}/gm;

/** A class of which the sources export the type only would be rolled up as a value, which the code does not have. */
const typesStayTypes = (valuesOf: (entry: string) => readonly string[]): Plugin => ({
  name: "types-stay-types",
  renderChunk(code, { isEntry, name }) {
    if (!isEntry) return null;
    const values = valuesOf(name);
    return code.replace(EXPORTS, (_, list: string) => {
      const marked = list.split(", ").map((item) => {
        const exported = item.split(" ").at(-1) as string;
        return values.includes(exported) ? item : `type ${item.replace(/^type /, "")}`;
      });
      return `export { ${marked.join(", ")} }`;
    });
  },
});

/** Finds compiled declarations, each in the version where it stands. */
const declarations = (versions: readonly ApiVersion[], compiled: CompiledVersions): Plugin => ({
  name: "declarations",
  resolveId(source, importer) {
    if (importer === undefined) return source;
    const version = [...compiled.values()].find(({ folder }) => importer.startsWith(folder + sep));
    if (!version) return { id: source, external: true };
    const [, folder, name] = /^(#generated|#src)\/(.+)\.js$/.exec(source) ?? [];
    if (folder === "#generated") return join(version.folder, "generated", version.prefix, `${name}.d.ts`);
    if (folder === undefined && !source.startsWith(".")) return { id: source, external: true };
    const path =
      folder === "#src"
        ? join(version.folder, "src", `${name}.d.ts`)
        : join(dirname(importer), source.replace(/\.js$/, ".d.ts"));
    const owner = ownerOf(path, join(version.folder, "generated"), versions);
    if (owner) return join(of(compiled, owner.api).folder, relative(version.folder, path));
    const module = relative(join(version.folder, "src"), path).replace(/\.d\.ts$/, "");
    const { folder: where } = standing(module.split(sep).join("/"), version);
    return join(where, "src", `${module}.d.ts`);
  },
});
