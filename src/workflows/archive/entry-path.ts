import { join } from "node:path";
import { StreamError } from "../../errors.js";

/** Where an archive goes. */
export interface UnpackTarget {
  /** The folder that its entries go to, links resolved. */
  readonly folder: string;
  /** What its top entry is called; "." and "/" stand for a folder's contents alone. */
  readonly from: string;
  /** What its top entry is to be called, if not the same: then nothing else may be in the archive. */
  readonly to?: string | undefined;
}

/** Where an entry goes. @throws {StreamError} that would be outside of the target */
export function entryPath(name: string, { folder, from, to }: UnpackTarget): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  const isUnsafe = parts.some(
    (part) => part === ".." || part.includes("\0") || (process.platform === "win32" && /[\\:]/.test(part)),
  );
  // The root of a container is archived with absolute names.
  const isAbsolute = name.startsWith("/") && from !== "/";
  if (isUnsafe || isAbsolute) {
    throw new StreamError(
      `copyOut: the archive has an entry ${JSON.stringify(name)}, which lies outside of ${folder}`,
    );
  }
  if (to === undefined) return join(folder, ...parts);
  if (from === "." || from === "/") return join(folder, to, ...parts);
  const [first, ...rest] = parts;
  if (first !== from) {
    throw new StreamError(
      `copyOut: the archive of ${from} has an entry ${JSON.stringify(name)}, which is none of it`,
    );
  }
  return join(folder, to, ...rest);
}
