import { readFile } from "node:fs/promises";
import { byAge } from "../api-versions.js";
import { replaceFile } from "../replace-file.js";
import { SpecError } from "../spec-error.js";
import { lockFile, type Workspace } from "../workspace.js";

/** A description in an upstream commit. */
export type PublishedEntry = Readonly<Record<(typeof PUBLISHED_FIELDS)[number], string>>;

/** A description from a local file, or an address without a commit. */
export interface LocalEntry {
  readonly origin: "local";
  readonly url?: string;
  readonly sha256: string;
}

/** Where an API version's description comes from, and the only bytes accepted for it. */
export type LockEntry = PublishedEntry | LocalEntry;

export type Lock = Readonly<Record<string, LockEntry>>;

const PUBLISHED_FIELDS = ["repository", "commit", "path", "url", "sha256"] as const;
const LOCAL_FIELDS = ["sha256"] as const;

const RESTORE = "Restore it with: git checkout -- spec/lock.json";

/** Reads spec/lock.json. */
export async function readLock(workspace: Workspace): Promise<Lock> {
  const file = lockFile(workspace);
  try {
    return (JSON.parse(await readFile(file, "utf8")) as Lock | null) ?? {};
  } catch (cause) {
    throw new SpecError(`${file} cannot be read as JSON: ${(cause as Error).message}. ${RESTORE}`, { cause });
  }
}

/** The entry of spec/lock.json for an API version such as "1.48", or undefined. */
export async function findLockEntry(workspace: Workspace, api: string): Promise<LockEntry | undefined> {
  const lock = await readLock(workspace);
  if (!Object.hasOwn(lock, api)) return undefined;
  const entry = lock[api] as Partial<PublishedEntry & LocalEntry>;
  const fields = entry?.origin === "local" ? LOCAL_FIELDS : PUBLISHED_FIELDS;
  const missing = fields.find((field) => typeof entry?.[field] !== "string");
  if (missing) throw new SpecError(`${lockFile(workspace)}: the entry ${api} has no ${missing}. ${RESTORE}`);
  return entry as LockEntry;
}

/** The entry of spec/lock.json for an API version; throws if there is none. */
export async function lockEntry(workspace: Workspace, api: string): Promise<LockEntry> {
  const entry = await findLockEntry(workspace, api);
  if (entry) return entry;
  const known = Object.keys(await readLock(workspace)).sort(byAge);
  throw new SpecError(
    `API version ${api} is not in spec/lock.json, which knows ${known.join(", ") || "none"}. ` +
      `Add it with: npm run spec -- pull --api ${api} [--from FILE|DIR|URL]`,
  );
}

/** Adds or replaces an entry; versions are sorted, oldest first. */
export async function writeLockEntry(workspace: Workspace, api: string, entry: LockEntry): Promise<void> {
  const lock = { ...(await readLock(workspace)), [api]: entry };
  const sorted = Object.fromEntries(Object.entries(lock).sort(([a], [b]) => byAge(a, b)));
  await replaceFile(lockFile(workspace), `${JSON.stringify(sorted, null, 2)}\n`);
}

/** The newest API version that spec/lock.json knows. */
export async function newestLocked(workspace: Workspace): Promise<string> {
  const newest = Object.keys(await readLock(workspace))
    .sort(byAge)
    .at(-1);
  if (newest) return newest;
  throw new SpecError("spec/lock.json knows no version. Add one with: npm run spec -- pull --latest");
}
