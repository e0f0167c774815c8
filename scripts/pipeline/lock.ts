import { readFile } from "node:fs/promises";
import { lockFile, type Project } from "./project.js";
import { SpecError } from "./spec-error.js";

/** Where an API version's description comes from, and the only bytes accepted for it. */
export type LockEntry = Readonly<Record<(typeof FIELDS)[number], string>>;

const FIELDS = ["repository", "commit", "path", "url", "sha256"] as const;

const RESTORE = "Restore it with: git checkout -- spec/lock.json";

/** The entry of spec/lock.json for an API version such as "1.48". */
export async function lockEntry(project: Project, api: string): Promise<LockEntry> {
  const file = lockFile(project);
  let lock: Record<string, LockEntry>;
  try {
    lock = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new SpecError(`${file} cannot be read as JSON: ${(cause as Error).message}. ${RESTORE}`, { cause });
  }
  const entry = Object.hasOwn(lock ?? {}, api) ? lock[api] : undefined;
  if (!entry) {
    throw new SpecError(
      `API version ${api} is not in spec/lock.json, which knows ${Object.keys(lock ?? {}).join(", ")}. ` +
        "Add an entry with its commit, path, url and sha256, or name one of these with --api.",
    );
  }
  const missing = FIELDS.find((field) => typeof entry[field] !== "string");
  if (missing) throw new SpecError(`${file}: the entry ${api} has no ${missing}. ${RESTORE}`);
  return entry;
}
