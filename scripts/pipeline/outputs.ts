import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SpecError } from "./spec-error.js";

/** File contents by name, relative to the folder they go to. */
export type Outputs = ReadonlyMap<string, string>;

/**
 * Replaces a folder by the given files: all of them or none. They are written beside it first, and a
 * failure while swapping puts the old folder back.
 */
export async function swapIn(folder: string, outputs: Outputs): Promise<void> {
  const staging = await mkdtemp(`${folder}.`);
  const fresh = join(staging, "new");
  const old = join(staging, "old");
  let moved = false;
  try {
    await mkdir(fresh);
    for (const [name, text] of outputs) await writeFile(join(fresh, name), text);
    moved = await renameIfThere(folder, old);
    await rename(fresh, folder);
  } catch (cause) {
    // Should this fail too, the old files stay where they are: the staging folder is removed last.
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

/** The names of the files in which a folder differs from the given outputs, stray files included. */
export async function differences(folder: string, outputs: Outputs): Promise<string[]> {
  const present = await readdir(folder).catch(() => []);
  const stray = present.filter((name) => !outputs.has(name));
  const differing: string[] = [];
  for (const [name, text] of outputs) {
    const current = await readFile(join(folder, name), "utf8").catch(() => undefined);
    if (current !== text) differing.push(name);
  }
  return [...differing, ...stray].sort();
}
