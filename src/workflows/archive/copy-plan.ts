import type { PlatformPath } from "node:path";
import { ArgumentError } from "../../errors.js";

/** Source of a copy. */
export interface CopySource {
  /** As the caller named it, for messages. */
  readonly path: string;
  /** Name of the archive's top entry; "." stands for the contents of a folder. */
  readonly base: string;
  readonly isDirectory: boolean;
}

/** Destination of a copy, with links followed. */
export interface CopyDestination {
  readonly path: string;
  readonly exists: boolean;
  readonly isDirectory: boolean;
}

/** Where the archive is unpacked. */
export interface CopyPlan {
  /** An existing folder. */
  readonly folder: string;
  /** Name for the top entry; it keeps its own if undefined. */
  readonly rename: string | undefined;
}

type Paths = Pick<PlatformPath, "normalize" | "dirname" | "basename" | "join" | "sep">;

/** What the end of a path asserts: a folder ("/"), its contents ("."), or nothing. */
export function assertion(path: string, { sep }: Pick<Paths, "sep">): "/" | "." | "" {
  const last = path.split(sep === "\\" ? /[\\/]/ : sep).at(-1);
  if (last === "") return "/";
  return last === "." ? "." : "";
}

/** Folder and last part of a path; "/a/b/." means the contents of /a/b. */
export function splitPath(path: string, paths: Paths): { folder: string; base: string } {
  const cleaned = paths.normalize(path).replace(/(?<=[^\\/])[\\/]+$/, "");
  const asserted = assertion(path, paths);
  if (asserted === "." && cleaned !== ".") return { folder: cleaned, base: "." };
  return { folder: paths.dirname(cleaned), base: paths.basename(cleaned) };
}

/**
 * Decides like `docker cp`: into an existing folder, over an existing file, or under a new name.
 *
 * @throws {ArgumentError} a folder would replace a file, or the named folder does not exist
 */
export function planCopy(
  source: CopySource,
  destination: CopyDestination,
  paths: Paths,
  workflow: string,
): CopyPlan {
  const { exists, isDirectory, path } = destination;
  if (exists && isDirectory) return { folder: path, rename: undefined };
  if (exists && source.isDirectory) {
    throw new ArgumentError(
      `${workflow}: ${source.path} is a folder, but ${path} is a file; name a folder or a new path`,
    );
  }
  if (!exists && !source.isDirectory && assertion(path, paths) !== "") {
    throw new ArgumentError(
      `${workflow}: the folder ${path} does not exist; create it first, or name a file`,
    );
  }
  const { folder, base } = splitPath(path, paths);
  return { folder, rename: base };
}
