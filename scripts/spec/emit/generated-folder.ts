import { readFile } from "node:fs/promises";
import { byAge } from "../api-versions.js";
import { homeVersion, otherVersions, prefixOf } from "../offered-versions.js";
import { replaceFile } from "../replace-file.js";
import { generatedFolder, packageFile, type Workspace } from "../workspace.js";
import { emitMessages, MESSAGES } from "./buildkit-messages.js";
import { withVersions } from "./package-exports.js";
import { differences, type Outputs, swapIn } from "./swap-folder.js";

/** Generated files by API version. */
export type Generated = ReadonlyMap<string, Outputs>;

/**
 * Writes versions and the messages of BuildKit to generated/, all or none, and adds the versions to package.json; other
 * versions stay.
 */
export async function replaceGenerated(workspace: Workspace, generated: Generated): Promise<void> {
  const home = await homeVersion(workspace);
  const others = new Set([...(await otherVersions(workspace)), ...generated.keys()]);
  others.delete(home);
  const file = packageFile(workspace);
  const packageJson = withVersions(await readFile(file, "utf8"), [...others].sort(byAge));
  const prefixes = [...generated.keys()].map((api) => prefixOf(api, home));
  await swapIn(
    generatedFolder(workspace),
    new Map([...inOneFolder(generated, home), ...(await emitMessages(workspace))]),
    (path) => !path.startsWith(MESSAGES) && !prefixes.includes(prefixIn(path)),
  );
  await replaceFile(file, packageJson);
}

/** The files of generated/, and package.json, that replacing them would change. */
export async function staleFiles(workspace: Workspace, generated: Generated): Promise<string[]> {
  const home = await homeVersion(workspace);
  const text = await readFile(packageFile(workspace), "utf8");
  const outputs = new Map([...inOneFolder(generated, home), ...(await emitMessages(workspace))]);
  const stale = await differences(generatedFolder(workspace), outputs);
  return withVersions(text, await otherVersions(workspace)) === text ? stale : [...stale, "package.json"];
}

/** The files of all versions, as generated/ holds them. */
const inOneFolder = (generated: Generated, home: string): Outputs =>
  new Map(
    [...generated].flatMap(([api, outputs]) => {
      const prefix = prefixOf(api, home);
      return [...outputs].map(([name, text]): [string, string] => [`${prefix}${name}`, text]);
    }),
  );

/** A version's path prefix in generated/. */
const prefixIn = (path: string): string => /^v\d+\.\d+\//.exec(path)?.[0] ?? "";
