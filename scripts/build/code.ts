/** Bundles the code of all API versions at once, as ES modules and CommonJS. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";
import { type OutputOptions, type Plugin, rollup, type SourceMap } from "rollup";
import { generatedFolder, workspace } from "../spec/workspace.js";
import { bundled, bundledChunk } from "./bundled.js";
import { indentedByTabs, minified, withoutTsdoc } from "./compact.js";
import { type ApiVersion, entriesOf, fileOf, generatedId, moduleId, ownerOf, src } from "./modules.js";
import { transpiled } from "./transpile.js";

/**
 * How CommonJS reads what it requires. A module of Node is its own default. A package is taken as it is: a copy of its
 * properties fails for ws, a class that inherits some.
 */
const interop = (id: string | null): "default" | "esModule" =>
  id?.startsWith("node:") ? "default" : "esModule";

const FORMATS: Readonly<Record<string, OutputOptions>> = {
  // One format with source maps is enough: the code of both is the same, and maps are half as large as all code.
  js: { format: "es", sourcemap: true, minifyInternalExports: false },
  // A consumer's Jest cannot do import() in CommonJS. Names read by property stay open to those who patch modules.
  cjs: {
    format: "cjs",
    dynamicImportInCjs: false,
    esModule: true,
    exports: "named",
    interop,
    minifyInternalExports: true,
  },
};

/** The names that each entry exports, by its path in dist/ without an extension. */
export type Exports = ReadonlyMap<string, readonly string[]>;

/** Writes the code to a folder. Returns what it exports. */
export async function bundleCode(versions: readonly ApiVersion[], folder: string): Promise<Exports> {
  const input = versions.flatMap((version) =>
    entriesOf(version).map(([name, module]) => [
      `${version.prefix}${name}`,
      moduleId(join(src, `${module}.ts`), version.api),
    ]),
  );
  const bundle = await rollup({
    input: Object.fromEntries(input),
    plugins: [bundled, sources(versions), keptNames, compacted],
    treeshake: { moduleSideEffects: false },
    // Helpers that a compiler wrote into a bundled package; they stand without `this`.
    onLog: (level, log, handle) => {
      if (log.code !== "THIS_IS_UNDEFINED") handle(level, log);
    },
  });
  const exports = new Map<string, readonly string[]>();
  for (const [extension, options] of Object.entries(FORMATS)) {
    const { output } = await bundle.write({
      ...options,
      dir: folder,
      entryFileNames: `[name].${extension}`,
      chunkFileNames: ({ name, moduleIds }) => {
        const shared = `shared/${moduleIds.some(isForTests) ? "testing-kit" : "[name]"}.${extension}`;
        return isGenerated(name) ? `[name].${extension}` : shared;
      },
      manualChunks: (id) => bundledChunk(id) ?? generatedChunk(id, versions),
      generatedCode: "es2015",
      // The maps refer to copies in dist/src/ instead of having the sources within, where few would read them.
      sourcemapExcludeSources: true,
      sourcemapPathTransform: (source, map) => {
        const { path } = fileOf(join(dirname(map), source));
        return relative(dirname(map), join(folder, relative(workspace.root, path)));
      },
    });
    for (const chunk of output) {
      if (chunk.type !== "chunk") continue;
      if (chunk.isEntry) exports.set(chunk.name, chunk.exports);
      if (!chunk.map) continue;
      const file = join(folder, chunk.fileName);
      await writeFile(file, indentedByTabs(chunk.code));
      const isOfOther = versions.some(({ prefix }) => prefix && chunk.fileName.startsWith(prefix));
      if (isOfOther || chunk.moduleIds.some(isForTests)) await dropMap(file);
      else {
        await writeFile(`${file}.map`, byLine(chunk.map));
        for (const source of chunk.map.sources) await copySource(join(dirname(file), source), folder);
      }
    }
  }
  await bundle.close();
  return exports;
}

/** Puts a source where its map finds it, without TSDoc: a fifth of it, which the declarations and the repository have. */
async function copySource(path: string, folder: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const source = await readFile(join(workspace.root, relative(folder, path)), "utf8");
  await writeFile(path, withoutTsdoc(source));
}

/** The sources of the test kit are not in the package: it reads as well without their types. */
const isForTests = (id: string): boolean => fileOf(id).path.startsWith(join(src, "testing") + sep);

/** Other versions' files are those of the package's own once more, and so are their maps: the package holds these once. */
async function dropMap(file: string): Promise<void> {
  await rm(`${file}.map`);
  const code = await readFile(file, "utf8");
  await writeFile(file, code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}

/**
 * A source map that tells lines only, as stacks and breakpoints need it: columns are three quarters of a map. It holds for
 * a line from its start, however it is indented.
 */
function byLine({ sources, mappings }: SourceMap): string {
  const lines = decode(mappings).map(
    ([first]) => first && ([0, ...first.slice(1, 4)] as unknown as SourceMapSegment),
  );
  const coarse = encode(lines.map((segment) => (segment ? [segment] : [])));
  return JSON.stringify({ version: 3, sources, names: [], mappings: coarse });
}

/** The operations of a version, data and methods, are in a file beside its entries: other versions build on them. */
function generatedChunk(id: string, versions: readonly ApiVersion[]): string | undefined {
  const owner = ownerOf(fileOf(id).path, generatedFolder(workspace), versions);
  return owner && `${owner.prefix}operations`;
}

const isGenerated = (chunk: string): boolean => /^(v.+\/)?operations$/.test(chunk);

/** The sources, for each API version those that depend on it. */
const sources = (versions: readonly ApiVersion[]): Plugin => ({
  name: "sources",
  resolveId(source, importer) {
    if (importer === undefined) return source;
    const { path, api } = fileOf(importer);
    const [, generated] = /^#generated\/(.+)\.js$/.exec(source) ?? [];
    if (generated !== undefined) {
      const version = versions.find((each) => each.api === api);
      if (!version)
        return this.error(`${path} is shared by all API versions: it may import types of ${source} only`);
      return generatedId(generated, version);
    }
    if (!source.startsWith(".")) return { id: source, external: true };
    const file = join(dirname(path), source.replace(/\.js$/, ".ts"));
    const owner = ownerOf(file, generatedFolder(workspace), versions);
    return owner ? `${file}?${owner.api}` : moduleId(file, api);
  },
  async load(id) {
    const { path } = fileOf(id);
    const { code, map } = transpiled(path, await readFile(path, "utf8"));
    // Generated code reads as well compiled.
    return { code, map: path.startsWith(src) && map ? map : { mappings: "" } };
  },
});

/**
 * Generated code is read in generated/, the test kit's in the repository, and that of CommonJS as ES modules, which have the
 * source maps; all of it is only installed.
 */
const compacted: Plugin = {
  name: "compacted",
  renderChunk: (code, { name, moduleIds, isEntry }, { format }) =>
    format === "cjs" || isGenerated(name) || (!isEntry && moduleIds.some(isForTests))
      ? minified(code, { keepNames: true })
      : null,
};

/** Two classes of one name in a chunk would get another `name`, which stands in messages and inspections. */
const keptNames: Plugin = {
  name: "kept-names",
  renderChunk(code) {
    const [renamed] = /\bclass \w+\$\d+/.exec(code) ?? [];
    if (renamed) this.error(`the bundle renames a class, because another has its name: ${renamed}`);
    return null;
  },
};
