import { stat } from "node:fs/promises";
import { homeVersion, offeredVersions } from "../offered-versions.js";
import { SpecError } from "../spec-error.js";
import type { Workspace } from "../workspace.js";
import { isUrl } from "./description.js";
import { newestVersion, pullDescription } from "./pull-description.js";

export interface PullArguments {
  readonly api?: string;
  readonly latest?: boolean;
  readonly from?: string;
  readonly repin?: boolean;
}

/** Pulls descriptions into spec/upstream/. */
export async function pullCommand(
  workspace: Workspace,
  { api, latest, from, repin }: PullArguments,
): Promise<void> {
  if (api !== undefined && latest) throw new SpecError("Give either --api or --latest, not both.");
  for (const version of await versionsToPull(workspace, api, latest, from)) {
    console.log(`Wrote ${await pullDescription(workspace, version, { from, repin })}`);
  }
}

/** All offered versions by default; only the package's own from a single file or URL. */
async function versionsToPull(
  workspace: Workspace,
  api: string | undefined,
  latest: boolean | undefined,
  from: string | undefined,
): Promise<string[]> {
  if (latest) return [await newestVersion(from)];
  if (api !== undefined) return [api];
  const single = from !== undefined && (isUrl(from) || (await stat(from).catch(() => undefined))?.isFile());
  return single ? [await homeVersion(workspace)] : offeredVersions(workspace);
}
