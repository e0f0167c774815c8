import { type BigIntStats, closeSync, constants, fstatSync, openSync, read, readSync } from "node:fs";
import { ArgumentError, isDockerError } from "../../errors.js";
import { type BytePath, bytePath, linkTarget, onDisk, textOf } from "./byte-path.js";
import { TarBuffer } from "./tar-buffer.js";
import { endOfTar, paddingOf, type TarHeader, type TarType, writeHeader } from "./tar-header.js";
import { statsOf, type TreeItem } from "./tree.js";

/** Owner applied to every entry. */
export type Owner = Pick<TarHeader, "uid" | "gid">;

/** Bytes of a large file read at a time. */
const READ_SIZE = 256 * 1024;
/** Larger files are read by other threads. For smaller ones, the handover takes ten times as long as the read. */
const SMALL_FILE = 64 * 1024;
/** How long small files are read before everything else in the process gets its turn. */
const SLICE_MS = 2;
/** Never blocks, even if a pipe has replaced the file. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/**
 * Packs items as a tar while it is read: nothing is opened earlier, or left open when the reader stops. As in the docker
 * CLI, pipes and devices have no content and sockets are skipped.
 *
 * @throws {ArgumentError} something cannot be read, or changes meanwhile
 */
export async function* pack(
  items: Iterable<TreeItem | undefined>,
  workflow: string,
  owner?: Owner,
): AsyncGenerator<Buffer, void, undefined> {
  const packer = new Packer(owner);
  try {
    let begin = performance.now();
    for (const item of items) {
      const large = item && packer.add(item);
      if (large) yield* packer.content(large);
      if (packer.tar.isFull) yield packer.tar.take();
      if (performance.now() - begin < SLICE_MS) continue;
      await new Promise(setImmediate);
      begin = performance.now();
    }
    packer.tar.add(endOfTar());
    yield packer.tar.take();
  } catch (cause) {
    if (isDockerError(cause)) throw cause;
    throw new ArgumentError(`${workflow}: cannot read the files: ${(cause as Error).message}`, { cause });
  }
}

/** A file whose header has been written. */
interface OpenFile {
  readonly path: BytePath;
  readonly descriptor: number;
  readonly size: number;
}

/** Adds items to a tar. */
class Packer {
  readonly tar = new TarBuffer();
  readonly #owner: Owner | undefined;
  /** Names of files with several links, by inode. */
  readonly #seen = new Map<string, BytePath>();

  constructor(owner: Owner | undefined) {
    this.#owner = owner;
  }

  /** Adds an item. Returns a large file, whose content must follow. */
  add(item: TreeItem): OpenFile | undefined {
    if (item.type.isFile()) return this.#addFile(item);
    const stats = statsOf(item.path);
    const type = typeOf(stats, item);
    if (type === "file") throw replaced(item);
    if (type === "symlink") this.#addHeader(item, stats, type, { linkname: linkTarget(item.path) });
    else if (type !== undefined) this.#addHeader(item, stats, type);
    return undefined;
  }

  #addFile(item: TreeItem): OpenFile | undefined {
    const { path, name } = item;
    const descriptor = openSync(onDisk(path), OPEN_FLAGS);
    let large: OpenFile | undefined;
    try {
      // Of the open file: the path may lead to something else by now.
      const stats = fstatSync(descriptor, { bigint: true });
      if (!stats.isFile()) throw replaced(item);
      const linkname = this.#earlierName(name, stats);
      if (linkname !== undefined) {
        this.#addHeader(item, stats, "link", { linkname });
        return undefined;
      }
      const size = Number(stats.size);
      this.#addHeader(item, stats, "file", { size });
      if (size > SMALL_FILE) {
        large = { path, descriptor, size };
        return large;
      }
      const bytes = this.tar.space(size);
      for (let at = 0; at < size; ) at += checked(readSync(descriptor, bytes, at, size - at, at), path);
      this.#pad(size);
      return undefined;
    } finally {
      if (!large) closeSync(descriptor);
    }
  }

  /** The name of another link to the same file, if it is in the tar. */
  #earlierName(name: BytePath, { dev, ino, nlink }: BigIntStats): BytePath | undefined {
    if (nlink < 2n) return undefined;
    const id = `${dev}:${ino}`;
    const earlier = this.#seen.get(id);
    if (earlier === undefined) this.#seen.set(id, name);
    return earlier;
  }

  /** Everything so far, then as many bytes of a file as its header states, without anything appended since. */
  async *content({ path, descriptor, size }: OpenFile): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield this.tar.take();
      for (let at = 0; at < size; ) {
        const bytes = Buffer.allocUnsafeSlow(Math.min(READ_SIZE, size - at));
        const length = checked(await readAt(descriptor, bytes, at), path);
        yield bytes.subarray(0, length);
        at += length;
      }
      this.#pad(size);
    } finally {
      closeSync(descriptor);
    }
  }

  #addHeader(
    { name }: TreeItem,
    stats: BigIntStats,
    type: TarType,
    { linkname = bytePath(""), size = 0 }: Partial<Pick<TarHeader, "linkname" | "size">> = {},
  ): void {
    const isDevice = type === "character-device" || type === "block-device";
    const header = writeHeader({
      name: (type === "directory" ? `${name}/` : name) as BytePath,
      type,
      linkname,
      size,
      mode: modeOf(stats),
      uid: this.#owner?.uid ?? Number(stats.uid),
      gid: this.#owner?.gid ?? Number(stats.gid),
      mtime: Math.floor(Number(stats.mtimeMs) / 1000),
      devmajor: isDevice ? major(stats.rdev) : 0,
      devminor: isDevice ? minor(stats.rdev) : 0,
    });
    this.tar.add(header);
  }

  #pad(size: number): void {
    this.tar.space(paddingOf(size)).fill(0);
  }
}

/** Undefined for sockets, which archives cannot hold. */
function typeOf(stats: BigIntStats, { path }: TreeItem): TarType | undefined {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isFIFO()) return "fifo";
  if (stats.isCharacterDevice()) return "character-device";
  if (stats.isBlockDevice()) return "block-device";
  if (stats.isSocket()) return undefined;
  throw new Error(`${textOf(path)} is of an unknown type`);
}

const replaced = ({ path }: TreeItem): Error => new Error(`${textOf(path)} was replaced while it was read`);

/** Returns the number of bytes read. @throws {Error} the file has ended */
function checked(length: number, path: BytePath): number {
  if (length === 0) throw new Error(`${textOf(path)} became shorter while it was read`);
  return length;
}

/** Reads at a position, in another thread. */
const readAt = (descriptor: number, bytes: Buffer, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    read(descriptor, bytes, 0, bytes.length, position, (error, length) =>
      error ? reject(error) : resolve(length),
    );
  });

/** Windows has no executable bit. As in the docker CLI there, everything is executable and only its owner may write. */
export function modeOf({ mode }: Pick<BigIntStats, "mode">, platform = process.platform): number {
  const permissions = Number(mode) & 0o7777;
  return platform === "win32" ? (permissions & 0o755) | 0o111 : permissions;
}

/** Linux's encoding of both device numbers in one. */
const major = (device: bigint): number => Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn));
const minor = (device: bigint): number => Number((device & 0xffn) | ((device >> 12n) & ~0xffn));
