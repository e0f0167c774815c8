import { StreamError } from "../../errors.js";
import { type BytePath, joinBytePaths, textOf } from "./byte-path.js";

/** Where an archive is unpacked. */
export interface UnpackTarget {
  /** For messages. */
  readonly workflow: string;
  /** The folder for its entries, with links resolved. */
  readonly folder: BytePath;
  /** Name of the archive's top entry, which contains all others; "." and "/" mean only a folder's contents. */
  readonly from: BytePath;
  /** New name of the top entry, if it changes. */
  readonly to?: BytePath | undefined;
}

/** The path to write an entry to. @throws {StreamError} it is outside the target, or was not requested */
export function entryPath(name: BytePath, { workflow, folder, from, to }: UnpackTarget): BytePath {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".") as BytePath[];
  const isUnsafe = parts.some(
    (part) => part === ".." || part.includes("\0") || (process.platform === "win32" && /[\\:]/.test(part)),
  );
  // The root of a container is archived with absolute names.
  const isAbsolute = name.startsWith("/") && from !== "/";
  const shown = JSON.stringify(textOf(name));
  if (isUnsafe || isAbsolute) {
    throw new StreamError(
      `${workflow}: the archive has an entry ${shown}, which is outside ${textOf(folder)}`,
    );
  }
  const renamed = to === undefined ? [] : [to];
  if (from === "." || from === "/") return joinBytePaths(folder, ...renamed, ...parts);
  const [first, ...rest] = parts;
  if (first !== from) {
    throw new StreamError(
      `${workflow}: the archive of ${textOf(from)} has an entry ${shown}, which is not part of it`,
    );
  }
  return joinBytePaths(folder, to ?? from, ...rest);
}
