import type { BigIntStats } from "node:fs";
import { lstat } from "node:fs/promises";
import { type BytePath, joinBytePaths, namesIn, onDisk } from "./byte-path.js";

/** A local file or folder, and its name in an archive. */
export interface TreeItem {
  readonly path: BytePath;
  readonly name: BytePath;
  readonly stats: BigIntStats;
}

/** What to do with an item: take it, skip it but search it, or leave it out with everything in it. */
export type Choice = "take" | "skip" | "prune";

/** Walks a file, or a folder with everything in it. A folder comes before its contents, which are sorted by name. */
export async function* tree(
  path: BytePath,
  name: BytePath,
  choose: (name: BytePath, isDirectory: boolean) => Choice = () => "take",
): AsyncGenerator<TreeItem, void, undefined> {
  const stats = await lstat(onDisk(path), { bigint: true });
  const choice = choose(name, stats.isDirectory());
  if (choice === "take") yield { path, name, stats };
  if (choice === "prune" || !stats.isDirectory()) return;
  const children = (await namesIn(path)).sort();
  for (const child of children) {
    yield* tree(joinBytePaths(path, child), (name === "" ? child : `${name}/${child}`) as BytePath, choose);
  }
}
