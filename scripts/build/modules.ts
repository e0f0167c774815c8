/**
 * The modules that a build bundles. Those that need the operations of an API version when they run exist once per version;
 * an id names the version after a `?`. All others are shared.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { homeVersion, offeredVersions, prefixOf } from "../spec/offered-versions.js";
import { generatedFolder, workspace } from "../spec/workspace.js";
import { transpiled } from "./transpile.js";

/** The entries of the package in each version: their names in dist/, and their modules in src/. */
export const ENTRIES = { index: "index", testing: "testing/index" } as const;

/** The entries that are the same for all versions, and there once. */
export const SHARED_ENTRIES = { progress: "progress/index" } as const;

/** All entries of a version; those that are shared belong to the package's own. */
export const entriesOf = ({ prefix }: ApiVersion): readonly (readonly [name: string, module: string])[] =>
  Object.entries(prefix === "" ? { ...ENTRIES, ...SHARED_ENTRIES } : ENTRIES);

/** An API version that the package offers. */
export interface ApiVersion {
  readonly api: string;
  /** Its folder in generated/ and dist/, with a slash; empty for the package's own version. */
  readonly prefix: string;
}

export async function apiVersions(): Promise<ApiVersion[]> {
  const home = await homeVersion(workspace);
  const versions = await offeredVersions(workspace);
  return versions.map((api) => ({ api, prefix: prefixOf(api, home) }));
}

export const src = join(workspace.root, "src");
export const dist = join(workspace.root, "dist");
/** Where a build is put together. */
export const staging = join(workspace.root, ".build");

/** The modules of src/ that exist once per version: those that import #generated/ as code, and what imports these. */
const perVersion = findPerVersion();

function findPerVersion(): ReadonlySet<string> {
  const imports = new Map(
    readdirSync(src, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, importsOf(path)]),
  );
  const found = new Set<string>();
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const [path, imported] of imports) {
      if (imported.some((one) => one.startsWith("#generated/") || found.has(one))) found.add(path);
    }
  }
  return found;
}

/** What a module imports as code: types are gone once it is transpiled. */
function importsOf(path: string): string[] {
  const { code } = transpiled(path, readFileSync(path, "utf8"));
  return [...code.matchAll(/(?:\bfrom|\bimport\() ?"([^"]+)"/g)].map(([, source = ""]) =>
    source.startsWith(".") ? join(dirname(path), source.replace(/\.js$/, ".ts")) : source,
  );
}

/** The id of a file of src/ for a version. */
export const moduleId = (path: string, api: string | undefined): string =>
  api !== undefined && perVersion.has(path) ? `${path}?${api}` : path;

/** The id of what `#generated/NAME.js` is in a version. */
export const generatedId = (name: string, { api, prefix }: ApiVersion): string =>
  `${join(generatedFolder(workspace), prefix, `${name}.ts`)}?${api}`;

/** The version in whose folder of generated/ a file is. */
export function ownerOf(
  path: string,
  generated: string,
  versions: readonly ApiVersion[],
): ApiVersion | undefined {
  const folder = relative(generated, dirname(path)).split(sep).join("/");
  if (folder.startsWith("..")) return undefined;
  return versions.find(({ prefix }) => prefix === (folder && `${folder}/`));
}

/** The file of an id, and its API version if it has one. */
export function fileOf(id: string): { readonly path: string; readonly api: string | undefined } {
  const [path = id, api] = id.split("?");
  return { path, api };
}
