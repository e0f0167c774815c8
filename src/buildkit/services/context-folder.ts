import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError } from "../../errors.js";
import type { PathMatcher } from "../settings.js";
import type { Folder } from "./file-sync.js";
import { followLinks } from "./follow-links.js";
import { goMode, type Offered, type OfferedStat, type ReadPatterns, type Wanted } from "./offered.js";
import { Reach } from "./reach.js";

/** Bytes of a file that are read and sent at a time. */
const PIECE = 64 * 1024;

/** The folder "context": the part that the Engine asks for. Files are read when their turn comes. */
export const contextFolder =
  (root: string, matcher: ReadPatterns): Folder =>
  (wanted) =>
    new Walk(root, selectionOf(root, wanted, matcher)).items();

/** The wanted part of a folder. */
interface Selection {
  readonly exclude: PathMatcher;
  /** Undefined means all. */
  readonly include: PathMatcher | undefined;
  readonly reach: Reach;
}

function selectionOf(root: string, wanted: Wanted, matcher: ReadPatterns): Selection {
  try {
    const followed = followLinks(root, wanted.followPaths, matcher);
    const includes = [...wanted.includePatterns, ...followed];
    const takesAll = includes.length === 0 || includes.includes("");
    return {
      exclude: matcher(wanted.excludePatterns),
      include: takesAll ? undefined : matcher(includes),
      reach: new Reach(includes),
    };
  } catch (cause) {
    throw new ArgumentError(`build: cannot use the ignore file: ${(cause as Error).message}`, { cause });
  }
}

class Walk {
  readonly #root: string;
  readonly #selection: Selection;
  /** Names of files with several links, by device and inode. */
  readonly #linked = new Map<string, string>();
  /** Parent folders of the current item that were not announced yet: an unwanted one is announced if something in it is wanted. */
  #untold: Offered[] = [];

  constructor(root: string, selection: Selection) {
    this.#root = root;
    this.#selection = selection;
  }

  items(): Generator<Offered, void, undefined> {
    return this.#walk("");
  }

  *#walk(folder: string): Generator<Offered, void, undefined> {
    const { exclude, include, reach } = this.#selection;
    for (const name of sortedNames(join(this.#root, folder))) {
      const path = folder === "" ? name : `${folder}/${name}`;
      const stats = this.#statsOf(path);
      // Nothing can hold a socket.
      if (stats === undefined || stats.isSocket()) continue;
      const isDirectory = stats.isDirectory();
      const excluded = exclude.choose(path, isDirectory);
      const isIncluded = include === undefined || include.choose(path, isDirectory) !== "take";
      if (excluded === "prune") continue;
      if (excluded === "take" && isIncluded) {
        yield* this.#untold.splice(0);
        yield this.#offered(path, stats);
        if (isDirectory) yield* this.#walk(path);
      } else if (isDirectory && (isIncluded || reach.into(path))) {
        this.#untold.push(this.#offered(path, stats));
        yield* this.#walk(path);
        this.#untold = this.#untold.filter(({ stat }) => stat.path !== path);
      }
    }
  }

  /** Undefined if it has disappeared. */
  #statsOf(path: string): BigIntStats | undefined {
    try {
      return lstatSync(join(this.#root, path), { bigint: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw unreadable(this.#root, path, cause);
      if (!path.includes("\ufffd")) return undefined;
      throw new ArgumentError(`build: the name of ${path} is not UTF-8, which BuildKit does not take`, {
        cause,
      });
    }
  }

  #offered(path: string, stats: BigIntStats): Offered {
    const isFile = stats.isFile();
    const isDevice = stats.isBlockDevice() || stats.isCharacterDevice();
    const stat: OfferedStat = {
      path,
      mode: goMode(stats),
      size: isFile ? stats.size : 0n,
      modTime: stats.mtimeNs,
      linkname: stats.isSymbolicLink() ? this.#target(path) : isFile ? this.#earlierName(path, stats) : "",
      ...(isDevice && { devmajor: major(stats.rdev), devminor: minor(stats.rdev) }),
    };
    return { stat, read: isFile ? () => this.#read(path) : undefined };
  }

  #target(path: string): string {
    const target = readlinkSync(join(this.#root, path));
    return process.platform === "win32" ? target.replaceAll("\\", "/") : target;
  }

  /** The name by which the Engine already knows the file. */
  #earlierName(path: string, { dev, ino, nlink }: BigIntStats): string {
    if (nlink < 2n) return "";
    const id = `${dev}:${ino}`;
    const earlier = this.#linked.get(id);
    if (earlier === undefined) this.#linked.set(id, path);
    return earlier ?? "";
  }

  async *#read(path: string): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      const file = await open(join(this.#root, path));
      try {
        // Sent before the next read: one buffer will do.
        const buffer = Buffer.allocUnsafe(PIECE);
        for (;;) {
          const { bytesRead } = await file.read(buffer, 0, PIECE);
          if (bytesRead === 0) return;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await file.close();
      }
    } catch (cause) {
      throw unreadable(this.#root, path, cause);
    }
  }
}

/** In the order of their UTF-8 bytes, which is the order of code points but not JavaScript's. */
const sortedNames = (folder: string): string[] =>
  readNames(folder)
    .map((name) => ({ name, bytes: Buffer.from(name) }))
    .sort((one, other) => Buffer.compare(one.bytes, other.bytes))
    .map(({ name }) => name);

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new ArgumentError(`build: cannot read the folder ${folder}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const unreadable = (root: string, path: string, cause: unknown): ArgumentError =>
  new ArgumentError(`build: cannot read ${join(root, path)}: ${(cause as Error).message}`, { cause });

/** Linux's encoding of both device numbers in one. */
const major = (device: bigint): bigint => ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
const minor = (device: bigint): bigint => (device & 0xffn) | ((device >> 12n) & ~0xffn);
