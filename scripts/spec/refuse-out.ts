import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { SpecError } from "./spec-error.js";

/** Refuses a folder that --out would replace. @throws {SpecError} always */
export function refuseOut(folder: string, why: string): never {
  throw new SpecError(`${folder} ${why}, and --out would replace it. Choose another folder.`);
}

/**
 * What is in the folder that --out replaces; nothing if it does not exist.
 *
 * @throws {SpecError} it is not a folder, or cannot be read
 */
export async function entriesOfOut(folder: string): Promise<readonly Dirent[]> {
  const unreadable = ({ message }: Error): never => refuseOut(folder, `cannot be read (${message})`);
  const found = await lstat(resolve(folder)).catch((error: NodeJS.ErrnoException) =>
    error.code === "ENOENT" ? undefined : unreadable(error),
  );
  if (found === undefined) return [];
  if (!found.isDirectory()) refuseOut(folder, "is not a folder");
  return readdir(folder, { withFileTypes: true }).catch(unreadable);
}

/** Refuses a folder that holds anything but files. @throws {SpecError} it does */
export function refuseSpecial(folder: string, entries: readonly Dirent[]): void {
  const special = entries.find((entry) => !entry.isFile());
  if (special !== undefined) refuseOut(folder, `holds ${special.name}, which is not a file`);
}
