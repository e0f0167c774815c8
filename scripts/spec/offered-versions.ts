import { readdir, readFile } from "node:fs/promises";
import { byAge } from "./api-versions.js";
import { SpecError } from "./spec-error.js";
import { generatedFolder, packageFile, type Workspace } from "./workspace.js";

/** The API versions that the package offers, its own first. */
export const offeredVersions = async (workspace: Workspace): Promise<string[]> => [
  await homeVersion(workspace),
  ...(await otherVersions(workspace)),
];

/** The package's own API version, its major.minor; its files are directly in generated/. */
export async function homeVersion(workspace: Workspace): Promise<string> {
  const file = packageFile(workspace);
  const { version } = JSON.parse(await readFile(file, "utf8")) as { version?: string };
  const api = /^(\d+\.\d+)\./.exec(version ?? "")?.[1];
  if (!api)
    throw new SpecError(
      `${file} has the version ${JSON.stringify(version)}; its major.minor must be the API version.`,
    );
  return api;
}

/** The other API versions of the package, each in generated/vX.YY, oldest first. */
export async function otherVersions(workspace: Workspace): Promise<string[]> {
  const entries = await readdir(generatedFolder(workspace), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && isVersionFolder(entry.name))
    .map(({ name }) => name.slice(1))
    .sort(byAge);
}

/** Whether a name in generated/ is a version's folder. */
export const isVersionFolder = (name: string): boolean => /^v\d+\.\d+$/.test(name);

/** A version's folder in generated/ and dist/, with a slash; empty for the package's own version. */
export const prefixOf = (api: string, home: string): string => (api === home ? "" : `v${api}/`);
