import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { ArgumentError, isDockerError } from "../../errors.js";
import { type BytePath, bytePath, linkTarget, onDisk, textOf } from "./byte-path.js";
import { endOfTar, paddingOf, type TarHeader, type TarType, writeHeader } from "./tar-header.js";
import type { TreeItem } from "./tree.js";

/** Owner applied to every entry. */
export type Owner = Pick<TarHeader, "uid" | "gid">;

/** Bytes of a file read at a time. */
const READ_SIZE = 256 * 1024;
/** Smaller pieces are combined: a chunk per header would be wasteful. */
const PIECE_SIZE = 64 * 1024;
/** Never blocks, even if a pipe has replaced the file. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/**
 * Packs items as a tar while it is read: nothing is opened before, or left open when the reader stops. As with the docker
 * CLI, pipes and devices have no content and sockets are skipped.
 *
 * @throws {ArgumentError} something cannot be read, or changes meanwhile
 */
export async function* pack(
  items: AsyncIterable<TreeItem>,
  workflow: string,
  owner?: Owner,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* gathered(entries(items, owner));
  } catch (cause) {
    if (isDockerError(cause)) throw cause;
    throw new ArgumentError(`${workflow}: cannot read the files: ${(cause as Error).message}`, { cause });
  }
}

async function* gathered(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < PIECE_SIZE) continue;
    yield waiting.length === 1 ? piece : Buffer.concat(waiting);
    waiting = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(waiting);
}

async function* entries(
  items: AsyncIterable<TreeItem>,
  owner: Owner | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  /** Names of files with several links, by inode. */
  const seen = new Map<string, BytePath>();
  for await (const item of items) {
    const { path, name, stats } = item;
    const type = typeOf(item);
    if (type === undefined) continue;
    const id = `${stats.dev}:${stats.ino}`;
    const original = seen.get(id);
    if (type === "file" && original !== undefined) {
      yield entry(item, "link", owner, { linkname: original });
    } else if (type === "file") {
      if (stats.nlink > 1n) seen.set(id, name);
      yield* file(item, owner);
    } else if (type === "symlink") {
      const linkname = await linkTarget(path);
      yield entry(item, type, owner, { linkname });
    } else yield entry(item, type, owner);
  }
  yield endOfTar();
}

/** Undefined for sockets, which archives cannot hold. */
function typeOf({ path, stats }: Pick<TreeItem, "path" | "stats">): TarType | undefined {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isFIFO()) return "fifo";
  if (stats.isCharacterDevice()) return "character-device";
  if (stats.isBlockDevice()) return "block-device";
  if (stats.isSocket()) return undefined;
  throw new Error(`${textOf(path)} is of an unknown type`);
}

async function* file(
  { path, name }: TreeItem,
  owner: Owner | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const handle = await open(onDisk(path), OPEN_FLAGS);
  try {
    // Of the open file: the path may lead to something else by now.
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new Error(`${textOf(path)} was replaced while it was read`);
    const size = Number(stats.size);
    yield entry({ path, name, stats }, "file", owner, { size });
    yield* content(handle, path, size);
    const padding = paddingOf(size);
    if (padding > 0) yield Buffer.alloc(padding);
  } finally {
    await handle.close();
  }
}

/** Reads as many bytes as the header states, without what was appended since. */
async function* content(
  handle: FileHandle,
  path: BytePath,
  size: number,
): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < size; ) {
    const length = Math.min(READ_SIZE, size - at);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, at);
    if (bytesRead === 0) throw new Error(`${textOf(path)} became shorter while it was read`);
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

function entry(
  { name, stats }: TreeItem,
  type: TarType,
  owner: Owner | undefined,
  { linkname = bytePath(""), size = 0 }: Partial<Pick<TarHeader, "linkname" | "size">> = {},
): Buffer {
  const isDevice = type === "character-device" || type === "block-device";
  return writeHeader({
    name: (type === "directory" ? `${name}/` : name) as BytePath,
    type,
    linkname,
    size,
    mode: modeOf(stats),
    uid: owner?.uid ?? Number(stats.uid),
    gid: owner?.gid ?? Number(stats.gid),
    mtime: Math.floor(Number(stats.mtimeMs) / 1000),
    devmajor: isDevice ? major(stats.rdev) : 0,
    devminor: isDevice ? minor(stats.rdev) : 0,
  });
}

/** Windows has no executable bit. As with the docker CLI there, everything is executable and only its owner may write. */
export function modeOf({ mode }: Pick<BigIntStats, "mode">, platform = process.platform): number {
  const permissions = Number(mode) & 0o7777;
  return platform === "win32" ? (permissions & 0o755) | 0o111 : permissions;
}

/** Linux's encoding of both device numbers in one. */
const major = (device: bigint): number => Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn));
const minor = (device: bigint): number => Number((device & 0xffn) | ((device >> 12n) & ~0xffn));
