import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { SpecError } from "../spec-error.js";

/** File contents by path, relative to the folder they go to, with slashes. */
export type Outputs = ReadonlyMap<string, string>;

/**
 * Replaces a folder by the given files, all or none; entries that `keeps` accepts stay. The files are first written next to
 * it, and a failure while swapping restores the old folder.
 */
export async function swapIn(
  folder: string,
  outputs: Outputs,
  keeps: (path: string) => boolean = () => false,
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const staging = await mkdtemp(`${folder}.`);
  const fresh = join(staging, "new");
  const old = join(staging, "old");
  let moved = false;
  try {
    await mkdir(fresh);
    for (const path of (await paths(folder)).filter(keeps)) await cp(join(folder, path), join(fresh, path));
    for (const [path, text] of outputs) {
      await mkdir(dirname(join(fresh, path)), { recursive: true });
      await writeFile(join(fresh, path), text);
    }
    moved = await renameIfThere(folder, old);
    await rename(fresh, folder);
  } catch (cause) {
    // If this fails too, the old files remain: the staging folder is removed last.
    if (moved) await rename(old, folder);
    await rm(staging, { recursive: true, force: true });
    throw new SpecError(`Cannot replace ${folder}, which is as it was: ${(cause as Error).message}`, {
      cause,
    });
  }
  await rm(staging, { recursive: true, force: true });
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** The files that differ between a folder and the given outputs, including stray ones. */
export async function differences(folder: string, outputs: Outputs): Promise<string[]> {
  const stray = (await paths(folder)).filter((path) => !outputs.has(path));
  const differing: string[] = [];
  for (const [path, text] of outputs) {
    const current = await readFile(join(folder, path), "utf8").catch(() => undefined);
    if (current !== text) differing.push(path);
  }
  return [...differing, ...stray].sort();
}

/** The files in a folder and the folders below it. */
async function paths(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
}
