/**
 * The modules that a build bundles. Few depend on the API version, and only these exist once per version; an id names the
 * version after a `?`. All others are shared.
 */
import { join, relative, sep } from "node:path";
import { homeVersion, offeredVersions, prefixOf } from "../spec/offered-versions.js";
import { generatedFolder, workspace } from "../spec/workspace.js";

/** The entries of the package in each version: their names in dist/, and their modules in src/. */
export const ENTRIES = { index: "index", testing: "testing/index" } as const;

const PER_VERSION = /^(index|docker|testing\/.*)\.ts$/;

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

/** The id of a file of src/ for a version. */
export const moduleId = (path: string, api: string | undefined): string =>
  api !== undefined && PER_VERSION.test(relative(src, path).split(sep).join("/")) ? `${path}?${api}` : path;

/** The id of what `#generated/NAME.js` is in a version. */
export const generatedId = (name: string, { api, prefix }: ApiVersion): string =>
  `${join(generatedFolder(workspace), prefix, `${name}.ts`)}?${api}`;

/** The file of an id, and its API version if it has one. */
export function fileOf(id: string): { readonly path: string; readonly api: string | undefined } {
  const [path = id, api] = id.split("?");
  return { path, api };
}
