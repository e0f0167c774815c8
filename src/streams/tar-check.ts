import { StreamError } from "../errors.js";
import type { Decoder } from "./body-reader.js";
import { TarTail } from "./tar-tail.js";

const BLOCK = 512;
const ZEROS = Buffer.alloc(BLOCK);
/** An archive ends with this many blocks of zeros; anything after them is padding. */
const END_BLOCKS = 2;
/** Extended headers hold a few names and numbers. */
const EXTENDED_LIMIT = 2 ** 20;
/** Links, devices, folders and pipes have only a header, whatever size it states. */
const HEADER_ONLY = "123456";
const LINKS = "12";
const EXTENDED = "x";
/** Headers that describe the entry after them. */
const PRELUDES = "xgLK";
const EXCERPT = 60;

/** A header of a tar: an entry begins. */
export interface TarEntry {
  readonly name: string;
  /** Bytes of content. */
  readonly size: number;
  /** Target of a link; empty for anything else. */
  readonly link: string;
}

/** Sees what is in a tar while it passes. */
export interface TarWatcher {
  begin(entry: TarEntry): void;
  /** A piece of the entry's content, possibly with the padding after it. */
  content(piece: Buffer): void;
  /** The tar is complete. */
  end(): void;
}

/** An empty archive: not a single byte was passed on. */
export class EmptyArchiveError extends StreamError {}

/**
 * Passes a tar on as it arrives, and checks that it is a complete tar: HTTP cannot always tell. It reads only headers,
 * and skips contents by their size.
 */
export class TarCheck implements Decoder<Buffer> {
  readonly #operation: string;
  readonly #watcher: TarWatcher | undefined;
  readonly #tail = new TarTail();
  /** A header split between chunks. */
  readonly #header = Buffer.alloc(BLOCK);
  #filled = 0;
  /** Bytes of content until the next header. */
  #skip = 0;
  #endBlocks = 0;
  #received = 0;
  /** Content of an extended header, possibly incomplete. */
  #extended: Buffer[] | undefined;
  /** Size from an extended header for the next entry. */
  #statedSize: number | undefined;
  /** Position of something that is not a header. */
  #brokenAt: number | undefined;

  constructor(operation: string, watcher?: TarWatcher) {
    this.#operation = operation;
    this.#watcher = watcher;
  }

  decode(chunk: Buffer, emit: (chunk: Buffer) => void): void {
    const begin = this.#received;
    this.#received += chunk.length;
    this.#tail.add(chunk);
    emit(chunk);
    for (let at = 0; at < chunk.length && this.#isOpen; ) {
      if (this.#skip > 0) at += this.#pass(chunk, at);
      else if (this.#filled === 0 && at + BLOCK <= chunk.length) {
        this.#read(chunk, at, begin + at);
        at += BLOCK;
      } else {
        const copied = chunk.copy(this.#header, this.#filled, at);
        this.#filled += copied;
        at += copied;
        if (this.#filled < BLOCK) break;
        this.#filled = 0;
        this.#read(this.#header, 0, begin + at - BLOCK);
      }
    }
    // It may be the start of the Engine's error, which can only be told at its end.
    if (this.#brokenAt !== undefined && this.#received - this.#brokenAt > TarTail.LENGTH)
      throw this.#broken();
  }

  end(): void {
    const failure = this.#tail.failure(this.#operation);
    if (failure) throw failure;
    if (this.#endBlocks === END_BLOCKS) {
      this.#watcher?.end();
      return;
    }
    if (this.#received === 0) {
      throw new EmptyArchiveError(
        `${this.#operation}: the archive is empty: the answer ended before it began`,
      );
    }
    if (this.#brokenAt !== undefined || this.#received < BLOCK) throw this.#broken();
    throw this.#error(`the archive is cut off after ${this.#received} bytes`);
  }

  /** Whether more headers may come. */
  get #isOpen(): boolean {
    return this.#brokenAt === undefined && this.#endBlocks < END_BLOCKS;
  }

  #pass(chunk: Buffer, at: number): number {
    const passed = Math.min(this.#skip, chunk.length - at);
    this.#skip -= passed;
    if (this.#extended) {
      this.#extended.push(Buffer.from(chunk.subarray(at, at + passed)));
      if (this.#skip === 0) {
        this.#statedSize = statedSize(Buffer.concat(this.#extended)) ?? this.#statedSize;
        this.#extended = undefined;
      }
    } else this.#watcher?.content(chunk.subarray(at, at + passed));
    return passed;
  }

  /** A header, or a block of zeros. */
  #read(bytes: Buffer, at: number, position: number): void {
    if (bytes[at] === 0 && bytes.compare(ZEROS, 0, BLOCK, at, at + BLOCK) === 0) {
      this.#endBlocks += 1;
      return;
    }
    const size = readNumber(bytes, at + 124, 12);
    if (this.#endBlocks > 0 || !isSumRight(bytes, at) || size === undefined) {
      this.#brokenAt = position;
      bytes.copy(this.#header, 0, at, at + BLOCK);
      return;
    }
    const type = String.fromCharCode(bytes[at + 156] ?? 0);
    const isPrelude = PRELUDES.includes(type);
    const content = HEADER_ONLY.includes(type) ? 0 : isPrelude ? size : (this.#statedSize ?? size);
    if (!isPrelude) {
      this.#statedSize = undefined;
      this.#watcher?.begin(entryOf(bytes, at, content, type));
    }
    if (type === EXTENDED && content > 0 && content <= EXTENDED_LIMIT) this.#extended = [];
    this.#skip = Math.ceil(content / BLOCK) * BLOCK;
  }

  #broken(): StreamError {
    const at = this.#brokenAt ?? 0;
    if (at > 0) return this.#error(`the archive is damaged: there is no header at byte ${at}`);
    const text = this.#header.toString("latin1").replace(/[^\x20-\x7e]+/g, " ");
    const begin = JSON.stringify(text.trim().slice(0, EXCERPT));
    return this.#error(`the answer is not a tar archive; it begins with ${begin}`);
  }

  #error(what: string): StreamError {
    return new StreamError(`${this.#operation}: ${what}`);
  }
}

/** Reads a header's names as they stand: the files of an image have names shorter than 100 bytes. */
function entryOf(bytes: Buffer, at: number, size: number, type: string): TarEntry {
  const text = (from: number): string => {
    const end = bytes.indexOf(0, at + from);
    return bytes.toString("utf8", at + from, end < 0 ? at + from + 100 : Math.min(end, at + from + 100));
  };
  return { name: text(0), size, link: LINKS.includes(type) ? text(157) : "" };
}

/** Reads a number in octal digits, or binary if its first bit is set. */
function readNumber(bytes: Buffer, at: number, length: number): number | undefined {
  const first = bytes[at] ?? 0;
  if (first & 0x80) {
    let value = first & 0x7f;
    for (let i = 1; i < length; i += 1) value = value * 256 + (bytes[at + i] ?? 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = /^[ \0]*([0-7]*)[ \0]/.exec(`${bytes.toString("latin1", at, at + length)} `)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits || "0", 8);
}

/** Checks a header's checksum, computed with spaces in its own field; some writers treat the bytes as signed. */
function isSumRight(bytes: Buffer, at: number): boolean {
  const stated = readNumber(bytes, at + 148, 8);
  let unsigned = 8 * 0x20;
  let high = 0;
  for (let i = 0; i < BLOCK; i += 1) {
    if (i === 148) i = 156;
    const byte = bytes[at + i] as number;
    unsigned += byte;
    if (byte > 0x7f) high += 256;
  }
  return stated === unsigned || stated === unsigned - high;
}

/** The size in the records of an extended header, each "LENGTH NAME=VALUE\n". */
function statedSize(records: Buffer): number | undefined {
  let size: number | undefined;
  for (let at = 0; at < records.length; ) {
    const [head, length] = /^(\d{1,10}) /.exec(records.toString("latin1", at, at + 11)) ?? [];
    if (head === undefined || Number(length) <= head.length) break;
    const record = records.toString("latin1", at + head.length, at + Number(length));
    const stated = /^size=(\d{1,15})\n$/.exec(record)?.[1];
    if (stated !== undefined) size = Number(stated);
    at += Number(length);
  }
  return size;
}
