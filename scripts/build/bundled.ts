/** Packages that dist/ holds a part of, so that nobody has to install them. */
import { readFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { minify } from "@swc/core";
import type { Plugin } from "rollup";
import { generatedFolder, packageFile, workspace } from "../spec/workspace.js";

/** Messages of BuildKit are written and read with it. */
const BUNDLED = "@bufbuild/protobuf";
const folder = `${join(dirname(packageFile(workspace)), "node_modules", ...BUNDLED.split("/"))}${sep}`;

/** Where dist/ says whose the bundled code is. */
const NOTICE = "THIRD-PARTY-LICENSES";

/** The chunk of what is bundled, and of the generated code that uses it. */
export const bundledChunk = (id: string): string | undefined => (isInChunk(id) ? "messages" : undefined);

const generated = join(generatedFolder(workspace), "buildkit") + sep;
const isInChunk = (id: string): boolean => id.startsWith(folder) || id.startsWith(generated);

/** Finds the modules of bundled packages, and minifies their chunk: nobody reads it, and everybody installs it. */
export const bundled: Plugin = {
  name: "bundled",
  resolveId(source, importer) {
    if (source === BUNDLED || source.startsWith(`${BUNDLED}/`))
      return fileURLToPath(import.meta.resolve(source));
    return importer?.startsWith(folder) && source.startsWith(".") ? join(dirname(importer), source) : null;
  },
  async load(id) {
    return id.startsWith(folder) ? { code: await readFile(id, "utf8"), map: { mappings: "" } } : null;
  },
  async renderChunk(code, { moduleIds }) {
    if (!moduleIds.every(isInChunk)) return null;
    const { code: small } = await minify(code, { module: true, format: { comments: false } });
    return { code: small, map: { mappings: "" } };
  },
  async generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      const modules = "moduleIds" in chunk ? chunk.moduleIds.filter((id) => id.startsWith(folder)) : [];
      if (modules.length === 0) continue;
      const source = await noticeOf(chunk.fileName.replace(/\.c?js$/, ".*"), modules);
      this.emitFile({ type: "asset", fileName: NOTICE, source });
    }
  },
};

/** The licenses that the modules of a chunk begin with. */
async function noticeOf(chunk: string, modules: readonly string[]): Promise<string> {
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const texts = await Promise.all(modules.map((id) => readFile(id, "utf8")));
  const headers = texts.map((text) => /^(\/\/.*\n)+/.exec(text)?.[0].replace(/^\/\/ ?/gm, "") ?? "");
  const [title, rule] = [`${BUNDLED} ${version}, ${license}: part of it is in ${chunk}.`, "-".repeat(80)];
  return [title, "The Apache License is in LICENSE beside this folder.", ...new Set(headers)]
    .map((part) => part.trim())
    .join(`\n\n${rule}\n\n`)
    .concat("\n");
}
