import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { byAge } from "./api-range.js";
import { differences, type Outputs, swapIn } from "./outputs.js";
import { withVersions } from "./package-exports.js";
import { generatedFolder, type Project } from "./project.js";
import { SpecError } from "./spec-error.js";
import { homeVersion, otherVersions, prefixOf } from "./versions.js";

/** What was generated, by API version. */
export type Generated = ReadonlyMap<string, Outputs>;

/** Puts versions into generated/, all or none, and makes package.json offer them; other versions stay. */
export async function publish(project: Project, generated: Generated): Promise<void> {
  const home = await homeVersion(project);
  const others = new Set([...(await otherVersions(project)), ...generated.keys()]);
  others.delete(home);
  const file = join(project.root, "package.json");
  const packageJson = withVersions(await readFile(file, "utf8"), [...others].sort(byAge));
  const prefixes = [...generated.keys()].map((api) => prefixOf(api, home));
  await swapIn(
    generatedFolder(project),
    inOneFolder(generated, home),
    (path) => !prefixes.includes(prefixIn(path)),
  );
  await replace(file, packageJson);
}

/** The files of generated/, and package.json, that are not what publishing would write. */
export async function unpublished(project: Project, generated: Generated): Promise<string[]> {
  const home = await homeVersion(project);
  const file = join(project.root, "package.json");
  const text = await readFile(file, "utf8");
  const differing = await differences(generatedFolder(project), inOneFolder(generated, home));
  return withVersions(text, await otherVersions(project)) === text
    ? differing
    : [...differing, "package.json"];
}

/** The files of all versions as generated/ holds them. */
const inOneFolder = (generated: Generated, home: string): Outputs =>
  new Map(
    [...generated].flatMap(([api, outputs]) =>
      [...outputs].map(([name, text]): [string, string] => [`${prefixOf(api, home)}${name}`, text]),
    ),
  );

/** The version's prefix of a path in generated/. */
const prefixIn = (path: string): string => /^v\d+\.\d+\//.exec(path)?.[0] ?? "";

async function replace(file: string, text: string): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await writeFile(partial, text);
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new SpecError(`Cannot write ${file}: ${(cause as Error).message}. Run the command again.`, {
      cause,
    });
  }
}
