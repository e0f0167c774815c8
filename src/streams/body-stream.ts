import type { Readable } from "node:stream";
import { inspect } from "node:util";
import { AbortedError, StreamError } from "../errors.js";
import { BodyReader, type Decoder } from "./body-reader.js";

/**
 * The body of an answer, read as what it is: an async iterable, to be consumed once, whose end closes the connection.
 *
 * @example
 * await using logs = await docker.containerLogs("web", { stdout: true, follow: true });
 */
export abstract class BodyStream<T> implements AsyncIterable<T>, AsyncDisposable {
  protected readonly body: Readable;
  protected readonly operation: string;
  #reader: { abort(error: Error): void } | undefined;

  /** `operation` is named in errors. */
  constructor(body: Readable, operation: string) {
    this.body = body;
    this.operation = operation;
    // A body that breaks before anyone reads it keeps its error for the reader; unheard, it would end the process.
    body.on("error", () => undefined);
  }

  /** Reads the stream; leaving the loop closes the connection. @throws {StreamError} it was consumed already */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return this.read(this.decoder());
  }

  /** What makes values of the bytes. */
  protected abstract decoder(): Decoder<T>;

  /** Consumes the stream as the values of a decoder. */
  protected read<V>(decoder: Decoder<V>): BodyReader<V> {
    this.refuseSecondUse();
    const reader = new BodyReader(this.body, this.operation, decoder);
    this.#reader = reader;
    return reader;
  }

  protected refuseSecondUse(): void {
    if (!this.#reader) return;
    throw new StreamError(`${this.operation}: the stream was consumed already; call the operation again`);
  }

  /** Closes the connection. An iteration that is under way ends with an AbortedError. */
  cancel(): void {
    const error = new AbortedError(`${this.operation} was cancelled`);
    this.body.destroy(error);
    this.#reader?.abort(error);
  }

  /** Closes the connection, if it is still open, as `cancel()` does. For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
    if (!this.body.closed) await new Promise((resolve) => this.body.once("close", resolve));
  }

  /**
   * Lets the process end although this stream is open, if nothing else keeps it running: for events or logs that are
   * followed as long as there is something else to do.
   */
  unref(): this {
    connectionOf(this.body).unref?.();
    return this;
  }

  /** Has the stream keep the process running, as it does from the start; takes back `unref()`. */
  ref(): this {
    connectionOf(this.body).ref?.();
    return this;
  }

  /** What console.log shows: whose stream it is, and nothing of the connection. */
  [inspect.custom](): string {
    return `${this.constructor.name} { operation: '${this.operation}' }`;
  }
}

interface Connection {
  ref?(): unknown;
  unref?(): unknown;
}

/** What keeps the process running: an upgraded connection itself, of an ordinary answer the socket it comes on. */
const connectionOf = (body: Readable): Connection =>
  ((body as { socket?: Connection | null }).socket ?? body) as Connection;
