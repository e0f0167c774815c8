import { StreamError } from "../errors.js";
import { parseJson, writeJson } from "./wide-json.js";

/** The Engine's description of a path in a container. */
export interface PathStat {
  /** The last part of the path. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /**
   * Bits of Go's FileMode: the lowest nine are the POSIX permissions (`mode & 0o777`), the others differ from POSIX.
   * {@link pathType} tells the file type.
   *
   * @see https://pkg.go.dev/io/fs#FileMode
   */
  readonly mode: number;
  /** Time of the last modification, in RFC 3339. */
  readonly mtime: string;
  /** Target of a symbolic link, as seen in the container; empty for anything else. */
  readonly linkTarget: string;
}

/** File type of a path. */
export type PathType = "file" | "directory" | "symlink" | "device" | "pipe" | "socket" | "irregular";

/** Bits of Go's FileMode, by type. */
const TYPE_BITS: readonly (readonly [bit: number, type: PathType])[] = [
  [31, "directory"],
  [27, "symlink"],
  [26, "device"],
  [25, "pipe"],
  [24, "socket"],
  [19, "irregular"],
];

/**
 * The file type in a path's mode.
 *
 * @param stat the result of containerArchiveInfo, or the `stat` of an ArchiveStream
 * @example
 * const stat = await docker.containerArchiveInfo("web", { path: "/etc" });
 * if (pathType(stat) === "directory") console.log("a folder");
 */
export function pathType({ mode }: Pick<PathStat, "mode">): PathType {
  return TYPE_BITS.find(([bit]) => (mode >>> bit) & 1)?.[1] ?? "file";
}

/**
 * Reads the X-Docker-Container-Path-Stat header: base64 of JSON.
 *
 * @throws {StreamError} the header is missing or invalid
 */
export function readPathStat(header: string | null, operation: string): PathStat {
  const fail = (what: string, cause?: unknown): never => {
    throw new StreamError(`${operation}: the answer does not describe the path: its header ${what}`, {
      cause,
    });
  };
  if (header === null) return fail("X-Docker-Container-Path-Stat is missing");
  let stat: Partial<PathStat> | null = null;
  try {
    stat = parseJson(Buffer.from(header, "base64").toString("utf8")) as Partial<PathStat> | null;
  } catch (cause) {
    fail(`X-Docker-Container-Path-Stat cannot be read: ${JSON.stringify(header)}`, cause);
  }
  const { name, size, mode, mtime, linkTarget = "" } = stat ?? {};
  if (
    typeof name !== "string" ||
    (typeof size !== "number" && typeof size !== "bigint") ||
    typeof mode !== "number" ||
    typeof mtime !== "string"
  ) {
    return fail(`X-Docker-Container-Path-Stat lacks a name, size, mode or mtime: ${writeJson(stat)}`);
  }
  // Beyond 2^53 it is an exact bigint, as everywhere.
  return { name, size: size as number, mode, mtime, linkTarget };
}
