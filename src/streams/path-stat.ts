import { StreamError } from "../errors.js";

/** What the Engine tells of a path in a container. */
export interface PathStat {
  /** The last part of the path. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /**
   * The bits of Go's FileMode: the lowest nine are the permissions as POSIX has them (`mode & 0o777`), the others are
   * not POSIX's. {@link pathType} reads what kind of file it is.
   *
   * @see https://pkg.go.dev/io/fs#FileMode
   */
  readonly mode: number;
  /** When it was changed last, in RFC 3339. */
  readonly mtime: string;
  /** Where a symbolic link leads, as the container sees it; empty for anything else. */
  readonly linkTarget: string;
}

/** What kind of file a path is. */
export type PathType = "file" | "directory" | "symlink" | "device" | "pipe" | "socket" | "irregular";

/** The bits of Go's FileMode that say so. */
const TYPE_BITS: readonly (readonly [bit: number, type: PathType])[] = [
  [31, "directory"],
  [27, "symlink"],
  [26, "device"],
  [25, "pipe"],
  [24, "socket"],
  [19, "irregular"],
];

/**
 * Reads from a path's mode what kind of file it is.
 *
 * @param stat what containerArchiveInfo gives, or the `stat` of an ArchiveStream
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
 * @throws {StreamError} the header is missing, or is something else
 */
export function readPathStat(header: string | null, operation: string): PathStat {
  const fail = (what: string, cause?: unknown): never => {
    throw new StreamError(`${operation}: the answer does not say what the path is: its header ${what}`, {
      cause,
    });
  };
  if (header === null) return fail("X-Docker-Container-Path-Stat is missing");
  let stat: Partial<PathStat> | null = null;
  try {
    stat = JSON.parse(Buffer.from(header, "base64").toString("utf8"));
  } catch (cause) {
    fail(`X-Docker-Container-Path-Stat cannot be read: ${JSON.stringify(header)}`, cause);
  }
  const { name, size, mode, mtime, linkTarget = "" } = stat ?? {};
  if (
    typeof name !== "string" ||
    typeof size !== "number" ||
    typeof mode !== "number" ||
    typeof mtime !== "string"
  ) {
    return fail(`X-Docker-Container-Path-Stat lacks a name, size, mode or mtime: ${JSON.stringify(stat)}`);
  }
  return { name, size, mode, mtime, linkTarget };
}
