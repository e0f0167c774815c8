import { readdir, stat } from "node:fs/promises";
import { byAge } from "../api-versions.js";
import { replaceFile } from "../replace-file.js";
import { SpecError } from "../spec-error.js";
import { upstreamFile, type Workspace } from "../workspace.js";
import { isUrl, parseSwagger, readSource, verify } from "./description.js";
import type { Fetch } from "./fetch-bytes.js";
import { findLockEntry, type LockEntry, writeLockEntry } from "./lock.js";
import { pin, publishedVersions, versionOf } from "./moby-github.js";
import { sha256 } from "./sha256.js";

/** The first version whose description the pipeline supports. */
const OLDEST = "1.44";

export interface PullOptions {
  /** File, folder or URL to read instead of the lock's URL. */
  readonly from?: string | undefined;
  /** Accept and record what the source has now. */
  readonly repin?: boolean | undefined;
  readonly fetch?: Fetch | undefined;
}

/**
 * Pulls the published description of an API version into spec/upstream/, and adds a new version to spec/lock.json. Nothing
 * is written before the bytes are verified, so a failure leaves the old files in place.
 */
export async function pullDescription(
  workspace: Workspace,
  api: string,
  { from, repin = false, fetch }: PullOptions = {},
): Promise<string> {
  const file = upstreamFile(workspace, api);
  const entry = await findLockEntry(workspace, api);
  if (entry && !repin) {
    const source = from ?? entry.url;
    if (source === undefined) {
      throw new SpecError(
        `The description of API ${api} was recorded from a local file. Name it with --from FILE|DIR or DOCKER_SPEC_SOURCE.`,
      );
    }
    const bytes = await readSource(source, api);
    parseSwagger(bytes, source);
    verify(bytes, entry, api, source);
    await replaceFile(file, bytes);
    return file;
  }
  checkVersion(api);
  const { bytes, entry: recorded } = await find(api, from, fetch);
  const source = from ?? recorded.url ?? api;
  const { info } = parseSwagger(bytes, source) as { info?: { version?: unknown } };
  if (info?.version !== api) {
    throw new SpecError(
      `${source} describes API ${String(info?.version)}, not ${api}. Nothing was recorded.`,
    );
  }
  await replaceFile(file, bytes);
  // The same bytes from elsewhere: keep the commit they belong to.
  if (entry?.sha256 !== recorded.sha256 || "commit" in recorded)
    await writeLockEntry(workspace, api, recorded);
  return file;
}

/** The newest API version upstream, or in the folder `from`. */
export async function newestVersion(from?: string, fetch?: Fetch): Promise<string> {
  if (from === undefined) return (await publishedVersions(fetch)).at(-1) as string;
  const isFolder = !isUrl(from) && (await stat(from).catch(() => undefined))?.isDirectory();
  const versions = isFolder ? (await readdir(from)).map(versionOf).filter((api) => api !== undefined) : [];
  const newest = versions.sort(byAge).at(-1);
  if (newest) return newest;
  throw new SpecError(
    `${from} is not a folder of vX.YY.yaml files, so --latest cannot choose from it. Name the version with --api.`,
  );
}

function checkVersion(api: string): void {
  if (!/^\d+\.\d+$/.test(api)) {
    throw new SpecError(`${JSON.stringify(api)} is not an API version such as "1.48".`);
  }
  if (byAge(api, OLDEST) < 0) {
    throw new SpecError(`API ${api} is older than ${OLDEST}, the first version this pipeline reads.`);
  }
}

async function find(
  api: string,
  from: string | undefined,
  fetch: Fetch | undefined,
): Promise<{ bytes: Buffer; entry: LockEntry }> {
  if (from === undefined) return pin(api, fetch);
  const bytes = await readSource(from, api);
  const url = isUrl(from) ? { url: from } : {};
  return { bytes, entry: { origin: "local", ...url, sha256: sha256(bytes) } };
}
