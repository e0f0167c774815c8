import type { Stats } from "node:fs";
import { lstat, readlink, stat } from "node:fs/promises";
import * as paths from "node:path";
import { ArgumentError, isDockerError } from "../../errors.js";
import { type BytePath, bytePath, joinBytePaths, onDisk, realPath } from "./byte-path.js";
import { assertion, type CopyDestination, type CopySource, splitPath } from "./copy-plan.js";

const LINKS_AT_MOST = 40;

/** A local source of a copy. */
export interface HostSource extends CopySource {
  /** Its real path. */
  readonly real: BytePath;
}

/**
 * Finds a local source. Links before the last part are followed; the last part, if requested or if the path ends in "/" or
 * "/.".
 *
 * @throws {ArgumentError} it does not exist, or is not the folder that the path asserts
 */
export async function hostSource(path: string, followLink: boolean, workflow: string): Promise<HostSource> {
  if (path === "") {
    throw new ArgumentError(
      `${workflow}: the source is an empty path; name one, such as "." for this folder`,
    );
  }
  const absolute = paths.resolve(path);
  const asserted = assertion(path, paths);
  try {
    const follows = followLink || asserted !== "";
    const parent = await realPath(paths.dirname(absolute));
    const found = follows
      ? await realPath(absolute)
      : joinBytePaths(parent, bytePath(paths.basename(absolute)));
    const isDirectory = (await lstat(onDisk(found))).isDirectory();
    if (asserted !== "" && !isDirectory) throw new Error("it is not a folder");
    const base = asserted === "." ? "." : paths.basename(absolute) || ".";
    return { path, base, isDirectory, real: found };
  } catch (cause) {
    throw new ArgumentError(`${workflow}: cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Finds a local destination, following links. It need not exist, but its folder must.
 *
 * @throws {ArgumentError} the folder does not exist, or the destination is a device or the like
 */
export async function hostDestination(path: string, workflow: string): Promise<CopyDestination> {
  if (path === "") {
    throw new ArgumentError(
      `${workflow}: the destination is an empty path; name one, such as "." for this folder`,
    );
  }
  try {
    return await followDestination(path, workflow);
  } catch (cause) {
    if (isDockerError(cause)) throw cause;
    throw new ArgumentError(`${workflow}: cannot write to ${path}: ${(cause as Error).message}`, { cause });
  }
}

async function followDestination(path: string, workflow: string): Promise<CopyDestination> {
  const ending = { "": "", "/": paths.sep, ".": `${paths.sep}.` }[assertion(path, paths)];
  let target = paths.resolve(path) + ending;
  let found: Stats | undefined;
  for (let links = 0; ; links += 1) {
    found = await lstat(target).catch(absent);
    if (!found?.isSymbolicLink()) break;
    if (links > LINKS_AT_MOST) {
      throw new ArgumentError(`${workflow}: ${path} is a circular link`);
    }
    target = paths.resolve(splitPath(target, paths).folder, await readlink(target));
  }
  if (found && !found.isDirectory() && !found.isFile()) {
    throw new ArgumentError(`${workflow}: ${path} is neither a file nor a folder; name one of these`);
  }
  const { folder } = splitPath(target, paths);
  const parent = found ?? (await stat(folder).catch(absent));
  if (!parent) throw new ArgumentError(`${workflow}: the folder ${folder} does not exist; create it first`);
  if (!found && !parent.isDirectory()) throw new ArgumentError(`${workflow}: ${folder} is not a folder`);
  return { path: target, exists: found !== undefined, isDirectory: found?.isDirectory() ?? false };
}

function absent(error: NodeJS.ErrnoException): undefined {
  // ENOTDIR means "file/"; checking the parent reports it.
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}
