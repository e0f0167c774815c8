import { StreamError } from "../../errors.js";
import { type BytePath, joinPath, textOf } from "./byte-path.js";

/** Where an archive goes. */
export interface UnpackTarget {
  /** The folder that its entries go to, links resolved. */
  readonly folder: BytePath;
  /** Name of the archive's top entry, which all others are below; "." and "/" stand for a folder's contents alone. */
  readonly from: BytePath;
  /** What the top entry is to be called, if not the same. */
  readonly to?: BytePath | undefined;
}

/** Where an entry goes. @throws {StreamError} outside of the target, or it was not asked for */
export function entryPath(name: BytePath, { folder, from, to }: UnpackTarget): BytePath {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".") as BytePath[];
  const isUnsafe = parts.some(
    (part) => part === ".." || part.includes("\0") || (process.platform === "win32" && /[\\:]/.test(part)),
  );
  // The root of a container is archived with absolute names.
  const isAbsolute = name.startsWith("/") && from !== "/";
  const shown = JSON.stringify(textOf(name));
  if (isUnsafe || isAbsolute) {
    throw new StreamError(
      `copyOut: the archive has an entry ${shown}, which lies outside of ${textOf(folder)}`,
    );
  }
  const renamed = to === undefined ? [] : [to];
  if (from === "." || from === "/") return joinPath(folder, ...renamed, ...parts);
  const [first, ...rest] = parts;
  if (first !== from) {
    throw new StreamError(
      `copyOut: the archive of ${textOf(from)} has an entry ${shown}, which is not part of it`,
    );
  }
  return joinPath(folder, to ?? from, ...rest);
}
