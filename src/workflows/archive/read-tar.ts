import {
  BLOCK,
  entryHeader,
  longName,
  paddingOf,
  type RawHeader,
  readHeader,
  readRecords,
  type TarHeader,
} from "./tar-header.js";

/** An entry of a tar; its content can only be read before the next entry. */
export interface TarEntry extends TarHeader {
  readonly content: AsyncIterable<Buffer>;
}

/** More than any path needs; limits the memory a header can take. */
const LARGEST_EXTENSION = 1 << 20;
/** Bytes read past a damaged header in search of an error appended by the Engine. */
const LONGEST_AFTERMATH = 1 << 20;

/**
 * Reads a tar entry by entry in constant memory, in the POSIX and GNU formats of Go and GNU tar. It reads past the end of
 * the tar to the end of the source, so that the source can tell whether it was complete.
 *
 * @throws {Error} it is not a tar, or is damaged or incomplete
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry, void, undefined> {
  const input = new ByteReader(source);
  let extensions = new Map<string, string>();
  try {
    for (;;) {
      const raw = await nextHeader(input);
      if (raw === undefined) break;
      if (isExtension(raw)) {
        for (const [key, value] of await readExtension(raw, input)) extensions.set(key, value);
        continue;
      }
      const header = entryHeader(raw, extensions);
      const isSparse = [...extensions.keys()].some((key) => key.startsWith("GNU.sparse."));
      if (!header || isSparse) {
        const kind = isSparse ? "a sparse file" : `of the unknown type ${JSON.stringify(raw.letter)}`;
        throw new Error(`the entry ${JSON.stringify(raw.name)} is ${kind}`);
      }
      extensions = new Map();
      const content = new Content(input, header.size);
      yield { ...header, content };
      await content.skip();
    }
    await input.drain(Number.POSITIVE_INFINITY);
  } finally {
    await input.close();
  }
}

/** The next header; undefined at the end of the tar. */
async function nextHeader(input: ByteReader): Promise<RawHeader | undefined> {
  const block = await input.exactly(BLOCK);
  try {
    return readHeader(block);
  } catch (error) {
    // This may be an error appended by the Engine, which the source recognises.
    await input.drain(LONGEST_AFTERMATH);
    throw error;
  }
}

const isExtension = ({ letter }: RawHeader): boolean => ["x", "g", "L", "K"].includes(letter);

/** Reads an extension of the next header. We need nothing from global ones ("g"). */
async function readExtension({ letter, size }: RawHeader, input: ByteReader): Promise<Map<string, string>> {
  if (size < 0 || size > LARGEST_EXTENSION) throw new Error(`an extended header has ${size} bytes`);
  const bytes = (await input.exactly(size + paddingOf(size))).subarray(0, size);
  switch (letter) {
    case "L":
      return new Map([["path", longName(bytes)]]);
    case "K":
      return new Map([["linkpath", longName(bytes)]]);
    case "g":
      return new Map();
    default:
      return readRecords(bytes);
  }
}

/** Content of an entry; can be read once. */
class Content implements AsyncIterable<Buffer> {
  readonly #input: ByteReader;
  #left: number;
  #padding: number;

  constructor(input: ByteReader, size: number) {
    this.#input = input;
    this.#left = size;
    this.#padding = paddingOf(size);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    while (this.#left > 0) {
      const piece = await this.#input.upTo(this.#left);
      this.#left -= piece.length;
      yield piece;
    }
  }

  /** Skips the rest. */
  async skip(): Promise<void> {
    for await (const _ of this);
    if (this.#padding > 0) await this.#input.exactly(this.#padding);
    this.#padding = 0;
  }
}

/** Reads bytes in requested amounts. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** From one to `most` bytes. @throws {Error} the archive has ended */
  async upTo(most: number): Promise<Buffer> {
    if (this.#rest.length === 0 && !(await this.#more())) throw new Error("it stops before its end");
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  /** Exactly `length` bytes. @throws {Error} there are fewer */
  async exactly(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let left = length; left > 0; ) {
      const piece = await this.upTo(left);
      pieces.push(piece);
      left -= piece.length;
    }
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }

  /** Discards bytes up to the end, or about `most`. */
  async drain(most: number): Promise<void> {
    let read = 0;
    do read += this.#rest.length;
    while (read < most && (await this.#more()));
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  /** Replaces the current piece with the next; false at the end. */
  async #more(): Promise<boolean> {
    do {
      const { done, value } = await this.#source.next();
      if (done) return false;
      this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    } while (this.#rest.length === 0);
    return true;
  }
}
