import { StreamError } from "../errors.js";
import { BodyStream } from "./body-stream.js";
import { parseJson } from "./wide-json.js";

const NEWLINE = 0x0a;
/** What begins a record of a JSON text sequence (RFC 7464). */
const RECORD_SEPARATOR = "\x1e";
const EXCERPT = 200;
const MIB = 2 ** 20;
const RECORD_LIMIT = 16 * MIB;

/**
 * JSON values as they arrive, one per line: an async iterable, to be consumed once. Leaving the loop closes the
 * connection, and a slow reader slows the Engine. A line that is not JSON or longer than 16 MiB, and a connection that
 * breaks, are a StreamError.
 *
 * @example
 * for await (const event of await docker.systemEvents()) console.log(event.Type, event.Action);
 */
export class JsonStream<T> extends BodyStream<T> {
  protected async *read(chunks: AsyncIterable<Buffer>): AsyncGenerator<T, void, undefined> {
    for await (const line of lines(chunks, this.operation)) yield this.parse(line);
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
}

/** Non-empty lines. Bytes are split before they are decoded, so a character cut by a chunk stays whole. */
async function* lines(
  chunks: AsyncIterable<Buffer>,
  operation: string,
): AsyncGenerator<string, void, undefined> {
  const pending = new PendingLine(operation);
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      pending.add(chunk.subarray(start, end));
      start = end + 1;
      const line = pending.take();
      if (line) yield line;
    }
    pending.add(chunk.subarray(start));
  }
  const last = pending.take();
  if (last) yield last;
}

/** The pieces of a line whose end has not come yet; they are joined once, so a long line costs linear time. */
class PendingLine {
  readonly #operation: string;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(operation: string) {
    this.#operation = operation;
  }

  add(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length <= RECORD_LIMIT) return;
    const start = this.take().slice(0, EXCERPT);
    throw new StreamError(
      `${this.#operation}: the Engine sent a record of more than ${RECORD_LIMIT / MIB} MiB: ${start}…`,
    );
  }

  take(): string {
    const line = Buffer.concat(this.#pieces).toString("utf8").trim();
    this.#pieces = [];
    this.#length = 0;
    return line.startsWith(RECORD_SEPARATOR) ? line.slice(1).trim() : line;
  }
}
