import type { Stats } from "node:fs";
import { chown, type FileHandle, lstat, open, readlink, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { describe } from "../arguments.js";
import { ArgumentError, isDockerError, StreamError } from "../errors.js";
import { writeBeside } from "./write-beside.js";

const LINKS_AT_MOST = 40;
/** As with `docker save`: an export may hold secrets. */
const NEW_FILE_MODE = 0o600;
/** Bytes written at a time. */
const BATCH = 1 << 20;

/**
 * Writes chunks to a file that appears only when complete. An existing file's mode is kept, and its owner where the
 * system allows it.
 *
 * @param where named in errors
 * @returns the number of bytes
 */
export async function writeWhole(
  chunks: AsyncIterable<Buffer>,
  path: string,
  onProgress?: (bytes: number) => void,
  where = "toFile",
): Promise<number> {
  const { target, existing } = await destinationOf(path, where);
  try {
    return await writeBeside(target, async (partial) => {
      const file = await open(partial, "wx", NEW_FILE_MODE);
      try {
        const written = await writeAll(file, chunks, onProgress);
        if (existing) {
          // Only root may give a file away.
          await chown(partial, existing.uid, existing.gid).catch(() => undefined);
          await file.chmod(existing.mode & 0o7777);
        }
        return written;
      } finally {
        await file.close();
      }
    });
  } catch (error) {
    throw isFileSystemError(error)
      ? new StreamError(`Cannot write ${target}: ${error.message}`, { cause: error })
      : error;
  }
}

/** Writes chunks, a batch of them while the next is gathered. A failure to write ends the reading at once. */
async function writeAll(
  file: FileHandle,
  chunks: AsyncIterable<Buffer>,
  onProgress: ((bytes: number) => void) | undefined,
): Promise<number> {
  const reader = chunks[Symbol.asyncIterator]();
  let batch: Buffer[] = [];
  let gathered = 0;
  let total = 0;
  let failure: unknown;
  let writing: Promise<void> | undefined;
  const fail = (error: unknown): void => {
    failure = error;
    void reader.return?.();
  };
  const flush = async (): Promise<void> => {
    await writing;
    if (failure) throw failure;
    writing = writeBatch(file, batch, gathered).catch(fail);
    batch = [];
    gathered = 0;
  };
  try {
    for await (const chunk of { [Symbol.asyncIterator]: () => reader }) {
      batch.push(chunk);
      gathered += chunk.length;
      total += chunk.length;
      onProgress?.(total);
      if (gathered >= BATCH) await flush();
    }
    await flush();
  } finally {
    await writing;
  }
  if (failure) throw failure;
  return total;
}

async function writeBatch(file: FileHandle, batch: Buffer[], length: number): Promise<void> {
  const { bytesWritten } = await file.writev(batch);
  // A full disk takes part of it; the next write tells why.
  if (bytesWritten < length) await file.writeFile(Buffer.concat(batch).subarray(bytesWritten));
}

/**
 * Resolves a path through its links. The target need not exist, but its folder must.
 *
 * @throws {ArgumentError} the folder does not exist, or the target must not be replaced by a file
 */
async function destinationOf(
  path: string,
  where: string,
): Promise<{ target: string; existing: Stats | undefined }> {
  if (path === "") throw new ArgumentError(`${where}: the path is empty; name a file`);
  if (typeof path !== "string" || path.includes("\0"))
    throw new ArgumentError(`${where}: the path must name a file, not ${describe(path)}`);
  try {
    const target = await followLinks(resolve(path), where);
    const existing = await lstat(target).catch(absent);
    if (existing && !existing.isFile()) {
      throw new ArgumentError(
        `${where}: ${target} exists and is not a regular file; name a file, or pipe toNode() into it`,
      );
    }
    const folder = await stat(dirname(target)).catch(absent);
    if (!folder?.isDirectory()) {
      throw new ArgumentError(`${where}: the folder ${dirname(target)} does not exist`);
    }
    return { target, existing };
  } catch (cause) {
    if (!isFileSystemError(cause)) throw cause;
    throw new ArgumentError(`${where}: cannot write ${path}: ${cause.message}`, { cause });
  }
}

async function followLinks(path: string, where: string): Promise<string> {
  let target = path;
  for (let links = 0; (await lstat(target).catch(absent))?.isSymbolicLink(); links += 1) {
    if (links > LINKS_AT_MOST) throw new ArgumentError(`${where}: ${path} is a circular link`);
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
