import { Readable } from "node:stream";
import { StreamError } from "../errors.js";
import type { BodyReader } from "./body-reader.js";
import type { LogChunk } from "./frame-decoder.js";

type Name = LogChunk["stream"];

const MIB = 2 ** 20;
/** How much of one stream may wait while the other is read. */
const WAITING_LIMIT = 16 * MIB;
/** Overhead of a piece, on top of its bytes. */
const PIECE_BYTES = 128;

/** Output of one connection as two Node streams that cannot block each other. */
export class OutputReadables {
  readonly #output: BodyReader<LogChunk>;
  readonly #body: Readable;
  readonly #operation: string;
  readonly #taken = new Map<Name, Readable>();
  /** The streams whose reader wants more. */
  readonly #hungry = new Set<Name>();
  /** Pieces since its reader wanted more. */
  readonly #waiting: Record<Name, number> = { stdout: 0, stderr: 0 };
  #isRunning = false;
  #hasBegun = false;
  #wake: () => void = () => undefined;

  constructor(
    output: BodyReader<LogChunk>,
    { body, operation }: { readonly body: Readable; readonly operation: string },
  ) {
    this.#output = output;
    this.#body = body;
    this.#operation = operation;
    // A failure must reach readers that are not reading at the moment.
    body.once("error", () => this.#wake());
  }

  /** @throws {StreamError} reading has begun, so some output may be gone */
  take(name: Name): Readable {
    const taken = this.#taken.get(name);
    if (taken) return taken;
    if (this.#hasBegun) {
      throw new StreamError(
        `${this.#operation}: the output is already being read; access stdout and stderr before you read either`,
      );
    }
    const readable = new Readable({
      read: () => {
        this.#hungry.add(name);
        this.#waiting[name] = 0;
        this.#wake();
        // Later, so that the caller can take the other stream first.
        process.nextTick(() => this.#run());
      },
      destroy: (error, done) => {
        this.#hungry.delete(name);
        if (this.#isLeft) void this.#output.return();
        this.#wake();
        done(error);
      },
    });
    this.#taken.set(name, readable);
    return readable;
  }

  #run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#hasBegun = true;
    this.#forward().then(
      () => this.#each((readable) => readable.push(null)),
      (error: Error) => this.#each((readable) => readable.destroy(error)),
    );
  }

  async #forward(): Promise<void> {
    for await (const { stream, data } of this.#output) {
      const readable = this.#taken.get(stream);
      if (!readable || readable.destroyed) continue;
      if (!readable.push(data)) this.#hungry.delete(stream);
      this.#waiting[stream] += 1;
      while (this.#hungry.size === 0 && !this.#isLeft && !this.#body.errored) await this.#woken();
      const taken = readable.readableLength + this.#waiting[stream] * PIECE_BYTES;
      if (taken > WAITING_LIMIT) throw this.#unread(stream);
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Whether all streams taken have been destroyed. */
  get #isLeft(): boolean {
    return [...this.#taken.values()].every(({ destroyed }) => destroyed);
  }

  #each(act: (readable: Readable) => void): void {
    for (const readable of this.#taken.values()) if (!readable.destroyed) act(readable);
  }

  #unread(name: Name): StreamError {
    return new StreamError(
      `${this.#operation}: ${WAITING_LIMIT / MIB} MiB of ${name} wait to be read while the other stream is read; ` +
        "read both at once, or do not access the one you do not need",
    );
  }
}
