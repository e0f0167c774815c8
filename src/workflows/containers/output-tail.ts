import { Writable } from "node:stream";

/** Keeps the end of a command's output, for a command that is not the caller's own and may write any amount. */
export class OutputTail extends Writable {
  readonly #limit: number;
  #kept = Buffer.alloc(0);

  /** @param limit bytes to keep */
  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-this.#limit);
    done();
  }

  get text(): string {
    return this.#kept.toString().trim();
  }
}
