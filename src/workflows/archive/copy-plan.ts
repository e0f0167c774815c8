import type { PlatformPath } from "node:path";
import { ArgumentError } from "../../errors.js";

/** What is copied. */
export interface CopySource {
  /** As it was named, for messages. */
  readonly path: string;
  /** The name of the archive's top entry; "." stands for a folder's contents alone. */
  readonly base: string;
  readonly isDirectory: boolean;
}

/** Where it is copied to: what is there now, links followed. */
export interface CopyDestination {
  readonly path: string;
  readonly exists: boolean;
  readonly isDirectory: boolean;
}

/** How the copy gets its name and place. */
export interface CopyPlan {
  /** The folder that the archive is unpacked in. */
  readonly folder: string;
  /** The name that its top entry gets there; it keeps its own if there is none. */
  readonly rename: string | undefined;
}

type Paths = Pick<PlatformPath, "normalize" | "dirname" | "basename" | "join" | "sep">;

/** What the end of a path says: that it is a folder ("/"), that it means the folder's contents ("."), or nothing. */
export function assertion(path: string, { sep }: Pick<Paths, "sep">): "/" | "." | "" {
  const last = path.split(sep === "\\" ? /[\\/]/ : sep).at(-1);
  if (last === "") return "/";
  return last === "." ? "." : "";
}

/** A path's folder and last part; "/a/b/." is the contents of /a/b. */
export function splitPath(path: string, paths: Paths): { folder: string; base: string } {
  const cleaned = paths.normalize(path).replace(/(?<=[^\\/])[\\/]+$/, "");
  const asserted = assertion(path, paths);
  if (asserted === "." && cleaned !== ".") return { folder: cleaned, base: "." };
  return { folder: paths.dirname(cleaned), base: paths.basename(cleaned) };
}

/**
 * Decides as `docker cp` does: into a folder that is there, over a file that is there, or under a new name.
 *
 * @throws {ArgumentError} a folder would replace a file, or a folder is named that is not there
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
      `${workflow}: ${source.path} is a folder, but ${path} is there and is none; name a folder, or another path`,
    );
  }
  if (!exists && !source.isDirectory && assertion(path, paths) !== "") {
    throw new ArgumentError(`${workflow}: the folder ${path} does not exist; make it first, or name a file`);
  }
  const { folder, base } = splitPath(path, paths);
  return { folder, rename: base };
}
