import type { Readable } from "node:stream";
import { isDockerError, StreamError } from "../errors.js";

/** Makes values of the bytes of a body. What it has handed on before it fails still counts. */
export interface Decoder<T> {
  /** Takes the next bytes, in whatever pieces they come. @throws {StreamError} they make no sense */
  decode(chunk: Buffer, emit: (value: T) => void): void;
  /** To be called when the bytes have ended. @throws {StreamError} they may not end here */
  end(emit: (value: T) => void): void;
}

/** A decoder of bytes, and what is made of its values. */
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

/** So many bytes are read ahead of a slow reader; then the body is paused. */
const AHEAD = 256 * 1024;
const DONE: IteratorResult<never, void> = { done: true, value: undefined };

/**
 * Reads a body as values: the one place where bytes are taken from it and values handed out. By events, because a Node
 * stream's own iterator copies what has queued up, and in one step, because each generator in between costs as much as
 * a system call. Returning it closes the connection at once, also while a reader waits.
 */
export class BodyReader<T> implements AsyncGenerator<T, void, undefined> {
  readonly #body: Readable;
  readonly #operation: string;
  readonly #decoder: Decoder<T>;
  /** Those who asked before there was a value. */
  readonly #waiting: Waiting<T>[] = [];
  /** What nobody has asked for yet. */
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

  /** Ends the reading with an error, at once: what was read ahead is dropped. */
  abort(error: Error): void {
    if (this.#isOver && this.#given >= this.#values.length) return;
    this.#drop();
    this.#end(error);
  }

  #begin(): void {
    this.#hasBegun = true;
    if (this.#isOver) return;
    const body = this.#body;
    // A body that broke before anyone read it says nothing any more.
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
    // A two-way connection whose output has ended is of no more use, and would stay.
    this.#body.destroy();
  }

  #make(values: () => void): void {
    try {
      values();
    } catch (error) {
      this.#end(streamFailure(error, this.#operation, this.#received));
      this.#body.destroy();
    }
  }

  readonly #emit = (value: T): void => {
    const waiting = this.#waiting.shift();
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

  /** Who ended the call wants no more of it; if the connection broke, what came before is still worth having. */
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

/** An error of this package stays as it is; anything else means that the connection broke. */
export function streamFailure(error: unknown, operation: string, received: number): Error {
  if (isDockerError(error)) return error;
  const reason = (error as Error).message || String(error);
  return new StreamError(`${operation}: the connection broke after ${received} bytes (${reason})`, {
    cause: error,
  });
}
