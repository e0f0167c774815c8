/** Packages that dist/ holds a part of, so that nobody has to install them. */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "rollup";
import { generatedFolder, packageFile, workspace } from "../spec/workspace.js";
import { minified } from "./compact.js";

/** A bundled package, and the chunk that has it. */
interface BundledPackage {
  readonly name: string;
  readonly chunk: string;
}

const PACKAGES: readonly BundledPackage[] = [
  // Installed, it and what it depends on would be ten times as large.
  { name: "openapi-fetch", chunk: "openapi-fetch" },
  // Messages of BuildKit are written and read with it.
  { name: "@bufbuild/protobuf", chunk: "messages" },
  // What is printed on a terminal is measured with it.
  { name: "get-east-asian-width", chunk: "character-widths" },
];

const folderOf = ({ name }: BundledPackage): string =>
  `${join(dirname(packageFile(workspace)), "node_modules", ...name.split("/"))}${sep}`;

const packageOf = (id: string): BundledPackage | undefined =>
  PACKAGES.find((bundled) => id.startsWith(folderOf(bundled)));

/** Where dist/ says whose the bundled code is. */
const NOTICE = "THIRD-PARTY-LICENSES";

const generated = join(generatedFolder(workspace), "buildkit") + sep;

/** The chunk of what is bundled, and of the generated code that uses it. */
export const bundledChunk = (id: string): string | undefined =>
  id.startsWith(generated) ? "messages" : packageOf(id)?.chunk;

/** Finds the modules of bundled packages, and minifies their chunks: nobody reads them, and everybody installs them. */
export const bundled: Plugin = {
  name: "bundled",
  resolveId(source, importer) {
    if (PACKAGES.some(({ name }) => source === name || source.startsWith(`${name}/`)))
      return fileURLToPath(import.meta.resolve(source));
    return importer && packageOf(importer) && source.startsWith(".") ? join(dirname(importer), source) : null;
  },
  async load(id) {
    return packageOf(id) ? { code: await readFile(id, "utf8"), map: { mappings: "" } } : null;
  },
  async renderChunk(code, { moduleIds }) {
    return moduleIds.every((id) => bundledChunk(id) !== undefined) ? minified(code) : null;
  },
  async generateBundle(_, bundle) {
    const notices = Object.values(bundle).flatMap((chunk) => {
      const modules = "moduleIds" in chunk ? chunk.moduleIds : [];
      return PACKAGES.map((one) => ({ one, ids: modules.filter((id) => packageOf(id) === one) }))
        .filter(({ ids }) => ids.length > 0)
        .map(({ one, ids }) => noticeOf(one, chunk.fileName.replace(/\.c?js$/, ".*"), ids));
    });
    const source = (await Promise.all(notices)).sort().join("\n");
    this.emitFile({ type: "asset", fileName: NOTICE, source });
  },
};

/** Whose a bundled package is: its license file, and the licenses that its modules begin with. */
async function noticeOf(
  bundledPackage: BundledPackage,
  chunk: string,
  modules: readonly string[],
): Promise<string> {
  const folder = folderOf(bundledPackage);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const texts = await Promise.all(modules.map((id) => readFile(id, "utf8")));
  const headers = texts.map((text) => /^(\/\/.*\n)+/.exec(text)?.[0].replace(/^\/\/ ?/gm, "") ?? "");
  const file = (await readdir(folder)).find((name) => /^licen[cs]e(\.\w+)?$/i.test(name));
  const whole = file
    ? await readFile(join(folder, file), "utf8")
    : "The Apache License is in LICENSE beside this folder.";
  const rule = "-".repeat(80);
  return [
    `${bundledPackage.name} ${version}, ${license}: part of it is in ${chunk}.`,
    whole,
    ...new Set(headers),
  ]
    .map((part) => part.trim())
    .filter(Boolean)
    .join(`\n\n${rule}\n\n`)
    .concat("\n");
}
