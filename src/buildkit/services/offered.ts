import type { BigIntStats } from "node:fs";
import type { Stat } from "../../../generated/buildkit/filesync.js";
import type { PathMatcher } from "../settings.js";

/** A file, folder or link that the Engine may take. */
export interface Offered {
  readonly stat: OfferedStat;
  /** The content of a file. */
  readonly read?: (() => AsyncIterable<Uint8Array>) | undefined;
}

/** Its path, mode and so on, in fsutil's form. */
export type OfferedStat = Pick<Stat, "path" | "mode" | "size" | "modTime"> & Partial<Stat>;

/** All fields of a Stat. Everything belongs to root, so that the result does not depend on who builds. */
export const whole = (stat: OfferedStat): Stat => ({
  linkname: "",
  devmajor: 0n,
  devminor: 0n,
  ...stat,
  uid: 0,
  gid: 0,
});

/** The part of a folder that the Engine asks for. */
export interface Wanted {
  /** Paths, maybe with wildcards, whose links to follow; all if empty. */
  readonly followPaths: readonly string[];
  /** Patterns of items to take; all if empty. */
  readonly includePatterns: readonly string[];
  /** Patterns of items to leave out. */
  readonly excludePatterns: readonly string[];
}

/** Reads patterns of ignore files. @throws {Error} one is invalid */
export type ReadPatterns = (patterns: readonly string[]) => PathMatcher;

/** The bits of Go's file modes, other than permissions. */
const GO_MODE = {
  directory: 2 ** 31,
  link: 2 ** 27,
  device: 2 ** 26,
  fifo: 2 ** 25,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  characterDevice: 2 ** 21,
  sticky: 2 ** 20,
};

/** The mode of an item. Windows has no executable bit: everything is executable there, as with the docker CLI. */
export function goMode(stats: BigIntStats, platform = process.platform): number {
  const mode = Number(stats.mode);
  const permissions = platform === "win32" ? (mode & 0o755) | 0o111 : mode & 0o777;
  return (
    permissions +
    (stats.isDirectory() ? GO_MODE.directory : 0) +
    (stats.isSymbolicLink() ? GO_MODE.link : 0) +
    (stats.isFIFO() ? GO_MODE.fifo : 0) +
    (stats.isBlockDevice() ? GO_MODE.device : 0) +
    (stats.isCharacterDevice() ? GO_MODE.device + GO_MODE.characterDevice : 0) +
    (mode & 0o4000 ? GO_MODE.setuid : 0) +
    (mode & 0o2000 ? GO_MODE.setgid : 0) +
    (mode & 0o1000 ? GO_MODE.sticky : 0)
  );
}
