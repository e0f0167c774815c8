import type { Readable } from "node:stream";
import { AbortedError, StreamError } from "../errors/index.js";
import { bodyChunks } from "./body-chunks.js";
import { parseJson } from "./wide-json.js";

const NEWLINE = 0x0a;
const EXCERPT = 200;

/**
 * JSON values as they arrive, one per line: an async iterable, to be consumed once. Leaving the loop closes the
 * connection. A line that is not JSON, and a connection that breaks, are a StreamError.
 *
 * @example
 * for await (const event of await docker.systemEvents().unwrap()) console.log(event.Type, event.Action);
 */
export class JsonStream<T> implements AsyncIterable<T> {
  readonly #body: Readable;
  protected readonly operation: string;
  #consumed = false;

  /** Made by the operations that answer with a stream of JSON; `operation` is named in errors. */
  constructor(body: Readable, operation: string) {
    this.#body = body;
    this.operation = operation;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    if (this.#consumed) {
      throw new StreamError(`${this.operation}: the stream was consumed already; call the operation again`);
    }
    this.#consumed = true;
    for await (const line of lines(bodyChunks(this.#body, this.operation))) yield this.parse(line);
  }

  /** Turns a line into a value; a subclass may refuse it. */
  protected parse(line: string): T {
    try {
      return parseJson(line) as T;
    } catch (cause) {
      const start = line.length > EXCERPT ? `${line.slice(0, EXCERPT)}…` : line;
      throw new StreamError(`${this.operation}: the Engine sent a record that is not JSON: ${start}`, {
        cause,
      });
    }
  }

  /** Closes the connection. An iteration that is under way ends with an AbortedError. */
  cancel(): void {
    this.#body.destroy(new AbortedError(`${this.operation} was cancelled`));
  }
}

/** Non-empty lines. Bytes are split before they are decoded, so a character cut by a chunk stays whole. */
async function* lines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  let pending: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      pending.push(chunk.subarray(start, end));
      const line = text(pending);
      pending = [];
      start = end + 1;
      if (line) yield line;
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
  const last = text(pending);
  if (last) yield last;
}

const text = (pieces: Buffer[]): string => Buffer.concat(pieces).toString("utf8").trim();
