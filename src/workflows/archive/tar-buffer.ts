/** From this length on, the bytes are handed over. */
const FULL = 192 * 1024;
const CAPACITY = 256 * 1024;

/** Gathers small pieces of a tar in one buffer: a piece for each header or file would be wasteful. */
export class TarBuffer {
  #bytes = Buffer.allocUnsafeSlow(CAPACITY);
  #length = 0;

  get isFull(): boolean {
    return this.#length >= FULL;
  }

  add(piece: Buffer): void {
    piece.copy(this.space(piece.length));
  }

  /** The next bytes, to be filled. */
  space(length: number): Buffer {
    const start = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) this.#grow();
    return this.#bytes.subarray(start, this.#length);
  }

  /** Hands over the gathered bytes. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.allocUnsafeSlow(CAPACITY);
    this.#length = 0;
    return taken;
  }

  /** Only names of many kilobytes need this. */
  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(this.#length + CAPACITY);
    this.#bytes.copy(larger);
    this.#bytes = larger;
  }
}
