import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { byAge } from "./api-range.js";
import { generatedFolder, type Project } from "./project.js";
import { SpecError } from "./spec-error.js";

/** The API version that the package itself speaks, its own major.minor; its files lie in generated/ directly. */
export async function homeVersion(project: Project): Promise<string> {
  const file = join(project.root, "package.json");
  const { version } = JSON.parse(await readFile(file, "utf8")) as { version?: string };
  const api = /^(\d+\.\d+)\./.exec(version ?? "")?.[1];
  if (!api)
    throw new SpecError(
      `${file} has the version ${JSON.stringify(version)}; its major.minor is the API version.`,
    );
  return api;
}

/** The API versions that the package offers besides, each generated into generated/vX.YY, the oldest first. */
export async function otherVersions(project: Project): Promise<string[]> {
  const entries = await readdir(generatedFolder(project), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && isVersionFolder(entry.name))
    .map(({ name }) => name.slice(1))
    .sort(byAge);
}

/** Whether a name in generated/ is that of a version's folder. */
export const isVersionFolder = (name: string): boolean => /^v\d+\.\d+$/.test(name);

/** What precedes the names of a version's files in generated/. */
export const prefixOf = (api: string, home: string): string => (api === home ? "" : `v${api}/`);
