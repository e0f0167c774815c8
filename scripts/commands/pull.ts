import { stat } from "node:fs/promises";
import type { Project } from "../pipeline/project.js";
import { newestVersion, pull } from "../pipeline/pull.js";
import { SpecError } from "../pipeline/spec-error.js";
import { isUrl } from "../pipeline/upstream.js";
import { homeVersion } from "../pipeline/versions.js";
import { offeredVersions } from "./versions.js";

export interface PullArguments {
  readonly api?: string;
  readonly latest?: boolean;
  readonly from?: string;
  readonly repin?: boolean;
}

export async function pullCommand(
  project: Project,
  { api, latest, from, repin }: PullArguments,
): Promise<void> {
  if (api !== undefined && latest) throw new SpecError("State either --api or --latest.");
  for (const version of await chosen(project, api, latest, from)) {
    console.log(`Wrote ${await pull(project, version, { from, repin })}`);
  }
}

/** Without a choice, all versions that are offered; but a single file or address holds one, the package's own. */
async function chosen(
  project: Project,
  api: string | undefined,
  latest: boolean | undefined,
  from: string | undefined,
): Promise<string[]> {
  if (latest) return [await newestVersion(from)];
  if (api !== undefined) return [api];
  const single = from !== undefined && (isUrl(from) || (await stat(from).catch(() => undefined))?.isFile());
  return single ? [await homeVersion(project)] : offeredVersions(project);
}
