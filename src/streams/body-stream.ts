import type { Readable } from "node:stream";
import { AbortedError, StreamError } from "../errors.js";
import { BodyReader, type Decoder } from "./body-reader.js";

/**
 * A decoded answer body: an async iterable that can be consumed once and closes the connection at its end.
 *
 * @example
 * await using logs = await docker.containerLogs("web", { stdout: true, follow: true });
 */
export abstract class BodyStream<T> implements AsyncIterable<T>, AsyncDisposable {
  /** @internal */
  protected readonly body: Readable;
  /** @internal */
  protected readonly operation: string;
  #reader: { abort(error: Error): void } | undefined;

  /** `operation` is named in errors. */
  constructor(body: Readable, operation: string) {
    this.body = body;
    this.operation = operation;
    // A body that breaks before it is read keeps its error for the reader; unhandled, it would end the process.
    body.on("error", () => undefined);
  }

  /** Reads the stream; leaving the loop closes the connection. @throws {StreamError} it was already consumed */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return this.read(this.decoder());
  }

  /** @internal Creates the decoder of the bytes. */
  protected abstract decoder(): Decoder<T>;

  /** @internal Consumes the stream through a decoder. */
  protected read<V>(decoder: Decoder<V>): BodyReader<V> {
    this.refuseSecondUse();
    const reader = new BodyReader(this.body, this.operation, decoder);
    this.#reader = reader;
    return reader;
  }

  /** @internal Marks the stream as consumed by other means. */
  protected take(): void {
    this.refuseSecondUse();
    this.#reader = { abort: () => undefined };
  }

  /** @internal */
  protected refuseSecondUse(): void {
    if (!this.#reader) return;
    throw new StreamError(`${this.operation}: the stream was already consumed; call the operation again`);
  }

  /** Closes the connection. A running iteration ends with an AbortedError. */
  cancel(): void {
    const error = new AbortedError(`${this.operation} was cancelled`);
    this.body.destroy(error);
    this.#reader?.abort(error);
  }

  /** Closes the connection if it is still open, like `cancel()`. For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
    if (!this.body.closed) await new Promise((resolve) => this.body.once("close", resolve));
  }

  /**
   * Lets the process exit while this stream is open, if nothing else keeps it running: for events or logs followed
   * alongside other work.
   */
  unref(): this {
    connectionOf(this.body).unref?.();
    return this;
  }

  /** Undoes `unref()`: the stream keeps the process running, as it does by default. */
  ref(): this {
    connectionOf(this.body).ref?.();
    return this;
  }

  /** Shown by console.log: the operation, but nothing of the connection. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `${this.constructor.name} { operation: '${this.operation}' }`;
  }
}

interface Connection {
  ref?(): unknown;
  unref?(): unknown;
}

/** The handle that keeps the process running: an upgraded connection itself, or the socket of an ordinary answer. */
const connectionOf = (body: Readable): Connection =>
  ((body as { socket?: Connection | null }).socket ?? body) as Connection;
