import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { ArgumentError, isDockerError, StreamError } from "../errors.js";

/**
 * Writes chunks to a file that appears under its name only when it is whole: they go to a temporary sibling,
 * which is renamed at the end and removed on failure. Returns the number of bytes.
 */
export async function writeWhole(
  chunks: AsyncIterable<Buffer>,
  path: string,
  onProgress?: (bytes: number) => void,
): Promise<number> {
  const target = await targetOf(path);
  const partial = `${target}.${randomUUID()}.partial`;
  let written = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      yield chunk;
      written += chunk.length;
      onProgress?.(written);
    }
  }
  try {
    await pipeline(counted, createWriteStream(partial, { flags: "wx", highWaterMark: 1 << 20 }));
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw isFileSystemError(error)
      ? new StreamError(`Cannot write ${target}: ${error.message}`, { cause: error })
      : error;
  }
  return written;
}

/** Follows a link to the file it names; a device or folder must not be replaced by a regular file. */
async function targetOf(path: string): Promise<string> {
  const absolute = resolve(path);
  const target = await realpath(absolute).catch(() => absolute);
  const existing = await stat(target).catch(() => undefined);
  if (existing && !existing.isFile()) {
    throw new ArgumentError(
      `toFile: ${target} is there and is not a regular file; name a file, or pipe toNode() into it.`,
    );
  }
  const folder = await stat(dirname(target)).catch(() => undefined);
  if (!folder?.isDirectory())
    throw new ArgumentError(`toFile: the folder ${dirname(target)} does not exist.`);
  return target;
}

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return !isDockerError(error) && typeof (error as NodeJS.ErrnoException)?.syscall === "string";
}
