import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** File contents by name, relative to the folder they go to. */
export type Outputs = ReadonlyMap<string, string>;

/**
 * Replaces a folder by the given files: all of them or none. They are written beside it first, and a
 * failure while swapping puts the old folder back.
 */
export async function swapIn(folder: string, outputs: Outputs): Promise<void> {
  const staged = `${folder}.${process.pid}.new`;
  await mkdir(staged, { recursive: true });
  const old = `${folder}.${process.pid}.old`;
  try {
    for (const [name, text] of outputs) await writeFile(join(staged, name), text);
    const existed = await rename(folder, old).then(
      () => true,
      () => false,
    );
    try {
      await rename(staged, folder);
    } catch (error) {
      if (existed) await rename(old, folder);
      throw error;
    }
  } finally {
    await rm(staged, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
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
