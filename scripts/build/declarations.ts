/** Checks the sources against an API version, and rolls its declarations up. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Plugin, rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { packageFile, workspace } from "../spec/workspace.js";
import type { Exports } from "./code.js";
import { type ApiVersion, ENTRIES, staging } from "./modules.js";

const tsc = createRequire(packageFile(workspace)).resolve("typescript/bin/tsc");

/**
 * Writes the declarations of a version to a folder: one file for each entry, and one for what entries share. They are
 * those of CommonJS, because an ES module may import these, but not the other way around.
 */
export async function bundleDeclarations(
  { api, prefix }: ApiVersion,
  exports: Exports,
  folder: string,
): Promise<void> {
  const compiled = await compile(api);
  const input = Object.entries(ENTRIES).map(([name, module]) => [
    name,
    join(compiled, "src", `${module}.d.ts`),
  ]);
  const bundle = await rollup({
    input: Object.fromEntries(input),
    plugins: [declarations(join(compiled, "generated", prefix), join(compiled, "src")), dts()],
  });
  await bundle.write({
    dir: join(folder, prefix),
    format: "es",
    entryFileNames: "[name].d.cts",
    chunkFileNames: "types.d.cts",
    minifyInternalExports: false,
    // With `types: []` Node's would be missing, and with skipLibCheck nobody would be told: streams would be any.
    banner: '/// <reference types="node" />',
    plugins: [typesStayTypes((entry) => exports.get(`${prefix}${entry}`) ?? [])],
  });
  await bundle.close();
  for (const name of Object.keys(ENTRIES)) {
    await writeFile(join(folder, prefix, `${name}.d.ts`), `export * from "./${name}.cjs";\n`);
  }
}

/** Compiles the sources on a version's generated files. Returns the folder of their declarations. */
async function compile(api: string): Promise<string> {
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
  return folder;
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

/** Finds compiled declarations. */
const declarations = (generated: string, src: string): Plugin => ({
  name: "declarations",
  resolveId(source, importer) {
    if (importer === undefined) return source;
    const [, folder, name] = /^(#generated|#src)\/(.+)\.js$/.exec(source) ?? [];
    if (name !== undefined) return join(folder === "#src" ? src : generated, `${name}.d.ts`);
    if (!source.startsWith(".")) return { id: source, external: true };
    return join(dirname(importer), source.replace(/\.js$/, ".d.ts"));
  },
});
