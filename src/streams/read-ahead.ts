import { type Duplex, Readable } from "node:stream";
import { streamFailure } from "./body-reader.js";

const KIB = 1024;
/** Capacity of a pipe. A process whose output nobody reads stops there, give or take what the connection holds. */
const PIPE = 64 * KIB;
/** The remaining output of a process that has exited: whatever was still on its way. */
const REST = 16 * KIB * KIB;

/**
 * A connection's output, read ahead of its reader as far as a pipe would, so that the end of an unread connection is noticed.
 */
export class ReadAhead extends Readable {
  /** Settles when the connection is closed. @throws {DockerError} it broke, or was closed with an error */
  readonly over: Promise<void>;
  readonly #duplex: Duplex;
  #limit = PIPE;
  #isHeld = false;
  #held: () => void = () => undefined;

  constructor(duplex: Duplex, operation: string) {
    super({ highWaterMark: PIPE });
    this.#duplex = duplex;
    let received = 0;
    this.over = new Promise((resolve, reject) => {
      const settle = (): void => {
        const cause = duplex.errored ?? this.errored;
        if (cause) reject(streamFailure(cause, operation, received));
        else resolve();
      };
      if (duplex.closed) settle();
      else duplex.once("close", settle);
    });
    this.over.catch(() => undefined);
    this.on("error", () => undefined);
    if (duplex.destroyed) {
      this.destroy(duplex.errored ?? undefined);
      return;
    }
    let hasEnded = false;
    duplex.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (!this.push(chunk) && this.readableLength >= this.#limit) this.#hold();
    });
    duplex.once("end", () => {
      hasEnded = true;
      this.push(null);
      // Useless from now on, and it would stay open.
      duplex.destroy();
    });
    duplex.once("error", (error) => this.destroy(error));
    duplex.once("close", () => hasEnded || this.destroy());
  }

  /** Resolves when the connection waits for its reader, at once if it does. Its end is not seen meanwhile. */
  held(): Promise<void> {
    if (this.#isHeld) return Promise.resolve();
    return new Promise((resolve) => {
      this.#held = resolve;
    });
  }

  /** Reads the rest into memory for later: the process has exited, and its connection will be closed. */
  takeRest(): void {
    this.#limit = REST;
    if (this.readableLength < this.#limit) this.#goOn();
  }

  override _read(): void {
    this.#goOn();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#duplex.destroy(error ?? undefined);
    done(error);
  }

  #hold(): void {
    this.#isHeld = true;
    this.#duplex.pause();
    this.#held();
  }

  #goOn(): void {
    this.#isHeld = false;
    this.#duplex.resume();
  }
}
