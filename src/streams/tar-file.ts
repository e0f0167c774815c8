import { createWriteStream, type Stats } from "node:fs";
import { chmod, chown, lstat, readlink, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { describe } from "../arguments.js";
import { ArgumentError, isDockerError, StreamError } from "../errors.js";
import { writeBeside } from "./write-beside.js";

const LINKS_AT_MOST = 40;
/** As with `docker save`: an export may hold secrets. */
const NEW_FILE_MODE = 0o600;

/**
 * Writes chunks to a file that appears only when complete. An existing file's mode is kept, and its owner where the
 * system allows it.
 *
 * @returns the number of bytes
 */
export async function writeWhole(
  chunks: AsyncIterable<Buffer>,
  path: string,
  onProgress?: (bytes: number) => void,
): Promise<number> {
  const { target, existing } = await destinationOf(path);
  let written = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      yield chunk;
      written += chunk.length;
      onProgress?.(written);
    }
  }
  try {
    await writeBeside(target, async (partial) => {
      const options = { flags: "wx", mode: NEW_FILE_MODE, highWaterMark: 1 << 20 };
      const file = createWriteStream(partial, options);
      try {
        await pipeline(counted, file);
      } finally {
        // A failure may come while the file is being opened, which would create it after its removal.
        if (!file.closed) await new Promise<void>((resolve) => file.once("close", resolve));
      }
      if (!existing) return;
      // Only root may give a file away.
      await chown(partial, existing.uid, existing.gid).catch(() => undefined);
      await chmod(partial, existing.mode & 0o7777);
    });
  } catch (error) {
    throw isFileSystemError(error)
      ? new StreamError(`Cannot write ${target}: ${error.message}`, { cause: error })
      : error;
  }
  return written;
}

/**
 * Resolves a path through its links. The target need not exist, but its folder must.
 *
 * @throws {ArgumentError} the folder does not exist, or the target must not be replaced by a file
 */
async function destinationOf(path: string): Promise<{ target: string; existing: Stats | undefined }> {
  if (path === "") throw new ArgumentError("toFile: the path is empty; name a file");
  if (typeof path !== "string" || path.includes("\0"))
    throw new ArgumentError(`toFile: the path must name a file, not ${describe(path)}`);
  try {
    const target = await followLinks(resolve(path));
    const existing = await lstat(target).catch(absent);
    if (existing && !existing.isFile()) {
      throw new ArgumentError(
        `toFile: ${target} exists and is not a regular file; name a file, or pipe toNode() into it`,
      );
    }
    const folder = await stat(dirname(target)).catch(absent);
    if (!folder?.isDirectory()) {
      throw new ArgumentError(`toFile: the folder ${dirname(target)} does not exist`);
    }
    return { target, existing };
  } catch (cause) {
    if (!isFileSystemError(cause)) throw cause;
    throw new ArgumentError(`toFile: cannot write ${path}: ${cause.message}`, { cause });
  }
}

async function followLinks(path: string): Promise<string> {
  let target = path;
  for (let links = 0; (await lstat(target).catch(absent))?.isSymbolicLink(); links += 1) {
    if (links > LINKS_AT_MOST) throw new ArgumentError(`toFile: ${path} is a circular link`);
    target = resolve(dirname(target), await readlink(target));
  }
  return target;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return !isDockerError(error) && typeof (error as NodeJS.ErrnoException)?.syscall === "string";
}
