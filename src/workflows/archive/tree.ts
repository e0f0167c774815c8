import { type BigIntStats, lstatSync } from "node:fs";
import { type BytePath, type FolderItem, itemsIn, joinBytePaths, onDisk } from "./byte-path.js";

/** A local file or folder, and its name in an archive. */
export interface TreeItem extends FolderItem {
  readonly path: BytePath;
}

/** What to do with an item: take it, skip it but search it, or leave it out with everything in it. */
export type Choice = "take" | "skip" | "prune";

type Choose = (name: BytePath, isDirectory: boolean) => Choice;

/**
 * Walks a file, or a folder with everything in it. A folder comes before its contents, which are sorted by name. It
 * blocks only one step at a time: skipping something is a step too, without an item.
 */
export function* tree(
  path: BytePath,
  name: BytePath,
  choose: Choose = () => "take",
): Generator<TreeItem | undefined, void, undefined> {
  yield* walk({ path, name, type: statsOf(path) }, choose);
}

function* walk(item: TreeItem, choose: Choose): Generator<TreeItem | undefined, void, undefined> {
  const { path, name } = item;
  const isDirectory = item.type.isDirectory();
  const choice = choose(name, isDirectory);
  yield choice === "take" ? item : undefined;
  if (choice === "prune" || !isDirectory) return;
  for (const { name: child, type } of itemsIn(path)) {
    const inner = (name === "" ? child : `${name}/${child}`) as BytePath;
    yield* walk({ path: joinBytePaths(path, child), name: inner, type }, choose);
  }
}

/** Describes an item itself, even if it is a link. */
export const statsOf = (path: BytePath): BigIntStats => lstatSync(onDisk(path), { bigint: true });
