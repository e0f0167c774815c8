import type { Readable } from "node:stream";
import { isDockerError, StreamError } from "../errors.js";

/** Decodes a body's bytes into values. Values emitted before a failure remain valid. */
export interface Decoder<T> {
  /** Takes the next bytes, in pieces of any size. @throws {StreamError} they are invalid */
  decode(chunk: Buffer, emit: (value: T) => void): void;
  /** Call it after the last bytes. @throws {StreamError} they are incomplete */
  end(emit: (value: T) => void): void;
}

/** Chains a decoder with a transformation of its values. */
export const chain = <A, B>(
  bytes: Decoder<A>,
  values: { add(value: A, emit: (value: B) => void): void; end?(emit: (value: B) => void): void },
): Decoder<B> => ({
  decode: (chunk, emit) => bytes.decode(chunk, (value) => values.add(value, emit)),
  end: (emit) => {
    bytes.end((value) => values.add(value, emit));
    values.end?.(emit);
  },
});

interface Waiting<T> {
  resolve(result: IteratorResult<T, void>): void;
  reject(error: unknown): void;
}

/** The body is paused when this many bytes have been read ahead of a slow reader. */
const AHEAD = 256 * 1024;
const DONE: IteratorResult<never, void> = { done: true, value: undefined };

/**
 * Reads a body as values; nothing else turns bytes into values. It uses events, because a Node stream's iterator copies
 * queued data, and one step, because each generator in between costs as much as a system call. `return()` closes the
 * connection at once, even while a reader waits.
 */
export class BodyReader<T> implements AsyncGenerator<T, void, undefined> {
  readonly #body: Readable;
  readonly #operation: string;
  readonly #decoder: Decoder<T>;
  /** Readers waiting for a value. */
  readonly #waiting: Waiting<T>[] = [];
  /** Values not yet read. */
  #values: T[] = [];
  #given = 0;
  #ahead = 0;
  #received = 0;
  #hasBegun = false;
  #isOver = false;
  #failure: Error | undefined;

  constructor(body: Readable, operation: string, decoder: Decoder<T>) {
    this.#body = body;
    this.#operation = operation;
    this.#decoder = decoder;
  }

  next(): Promise<IteratorResult<T, void>> {
    if (!this.#hasBegun) this.#begin();
    if (this.#given < this.#values.length) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#failure) {
      const failure = this.#failure;
      this.#failure = undefined;
      return Promise.reject(failure);
    }
    if (this.#isOver) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<T, void>> {
    this.#leave();
    return Promise.resolve(DONE);
  }

  throw(error: unknown): Promise<IteratorResult<T, void>> {
    this.#leave();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave();
  }

  /** Stops reading with an error at once, and drops what was read ahead. */
  abort(error: Error): void {
    if (this.#isOver && this.#given >= this.#values.length) return;
    this.#drop();
    this.#end(error);
  }

  #begin(): void {
    this.#hasBegun = true;
    if (this.#isOver) return;
    const body = this.#body;
    // A body that broke before it was read emits no more events.
    if (body.errored) this.#broke(body.errored);
    else if (body.destroyed) this.#broke(new Error("premature close"));
    else {
      body.once("end", () => this.#ended());
      body.once("error", (error) => this.#broke(error));
      body.once("close", () => this.#broke(new Error("premature close")));
      body.on("data", (chunk: Buffer) => this.#arrived(chunk)).resume();
    }
  }

  #arrived(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#received += chunk.length;
    this.#make(() => this.#decoder.decode(chunk, this.#emit));
    if (this.#given >= this.#values.length) return;
    this.#ahead += chunk.length;
    if (this.#ahead >= AHEAD) this.#body.pause();
  }

  #ended(): void {
    if (this.#isOver) return;
    this.#make(() => this.#decoder.end(this.#emit));
    this.#end();
    // A two-way connection whose output has ended is useless, and would stay open.
    this.#body.destroy();
  }

  #make(values: () => void): void {
    try {
      values();
    } catch (error) {
      const failure = streamFailure(error, this.#operation, this.#received);
      this.#end(failure);
      this.#body.destroy(failure);
    }
  }

  readonly #emit = (value: T): void => {
    const waiting = this.#waiting.length > 0 && this.#waiting.shift();
    if (waiting) waiting.resolve({ done: false, value });
    else this.#values.push(value);
  };

  #take(): T {
    const value = this.#values[this.#given] as T;
    this.#given += 1;
    if (this.#given === this.#values.length) {
      this.#drop();
      if (!this.#isOver && this.#body.isPaused()) this.#body.resume();
    }
    return value;
  }

  #drop(): void {
    this.#values = [];
    this.#given = 0;
    this.#ahead = 0;
  }

  /** Ending the call drops what was read ahead; after a broken connection it is still delivered. */
  #broke(error: Error): void {
    if (this.#isOver) return;
    if (isDockerError(error)) this.abort(error);
    else this.#end(streamFailure(error, this.#operation, this.#received));
  }

  #leave(): void {
    this.#drop();
    this.#failure = undefined;
    this.#body.destroy();
    this.#end();
  }

  #end(failure?: Error): void {
    this.#isOver = true;
    const [first, ...others] = this.#waiting.splice(0);
    if (failure && first) first.reject(failure);
    else {
      this.#failure = failure ?? this.#failure;
      first?.resolve(DONE);
    }
    for (const { resolve } of others) resolve(DONE);
  }
}

/** Failures by the error that broke the connection. */
const failures = new WeakMap<Error, StreamError>();

/**
 * Keeps errors of this package; anything else means that the connection broke. A break is one failure, whoever asks: a
 * process's streams and exit code all fail with the same error.
 */
export function streamFailure(error: unknown, operation: string, received: number): Error {
  if (isDockerError(error)) return error;
  const known = failures.get(error as Error);
  if (known) return known;
  const reason = (error as Error).message || String(error);
  const message = `${operation}: the connection broke after ${received} bytes (${reason})`;
  const failure = new StreamError(message, { cause: error });
  failures.set(error as Error, failure);
  return failure;
}
