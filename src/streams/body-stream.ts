import type { Readable } from "node:stream";
import { inspect } from "node:util";
import { AbortedError, StreamError } from "../errors.js";
import { bodyChunks } from "./body-chunks.js";

/** The body of an answer, read as what it is: an async iterable, to be consumed once, whose end closes the connection. */
export abstract class BodyStream<T> implements AsyncIterable<T> {
  protected readonly body: Readable;
  protected readonly operation: string;
  #consumed = false;

  /** `operation` is named in errors. */
  constructor(body: Readable, operation: string) {
    this.body = body;
    this.operation = operation;
  }

  /** Reads the stream; leaving the loop closes the connection. @throws {StreamError} it was consumed already */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    this.refuseSecondUse();
    this.#consumed = true;
    return this.closing(this.read(bodyChunks(this.body, this.operation)));
  }

  /** Makes values of the bytes. */
  protected abstract read(chunks: AsyncIterable<Buffer>): AsyncGenerator<T, void, undefined>;

  /**
   * Has values close the connection when they are no longer wanted. By itself a generator does not, if it was not asked
   * for anything yet, and one that waits for more would first have to get it.
   */
  protected closing<V>(values: AsyncGenerator<V, void, undefined>): AsyncGenerator<V, void, undefined> {
    const { return: end, throw: fail } = values;
    const { body } = this;
    return Object.assign(values, {
      return(value: undefined) {
        body.destroy();
        return end.call(values, value);
      },
      throw(error: unknown) {
        body.destroy();
        return fail.call(values, error);
      },
    });
  }

  protected refuseSecondUse(): void {
    if (!this.#consumed) return;
    throw new StreamError(`${this.operation}: the stream was consumed already; call the operation again`);
  }

  /** Closes the connection. An iteration that is under way ends with an AbortedError. */
  cancel(): void {
    this.body.destroy(new AbortedError(`${this.operation} was cancelled`));
  }

  /** What console.log shows: whose stream it is, and nothing of the connection. */
  [inspect.custom](): string {
    return `${this.constructor.name} { operation: '${this.operation}' }`;
  }
}
