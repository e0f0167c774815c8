import { readdir, readFile } from "node:fs/promises";
import { byAge } from "./api-versions.js";
import { SpecError } from "./spec-error.js";
import { generatedFolder, packageFile, type Workspace } from "./workspace.js";

/** The API versions that the package offers, that of its entry "." first. */
export const offeredVersions = async (workspace: Workspace): Promise<string[]> => [
  await homeVersion(workspace),
  ...(await otherVersions(workspace)),
];

/** The API version of the package's entry ".", `dockerApiVersion` in package.json; its files are directly in generated/. */
export async function homeVersion(workspace: Workspace): Promise<string> {
  const file = packageFile(workspace);
  const { dockerApiVersion: api } = JSON.parse(await readFile(file, "utf8")) as {
    dockerApiVersion?: unknown;
  };
  if (typeof api === "string" && /^\d+\.\d+$/.test(api)) return api;
  throw new SpecError(
    `${file} has the dockerApiVersion ${JSON.stringify(api)}; state the API version of the entry ".", such as "1.48".`,
  );
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

/** A version's folder in generated/ and dist/, with a slash; empty for the version of the entry ".". */
export const prefixOf = (api: string, home: string): string => (api === home ? "" : `v${api}/`);
