import { StreamError } from "../errors.js";
import type { Decoder } from "./body-reader.js";
import { BROKEN, isBlank, JsonValueEnd } from "./json-value-end.js";
import { parseJson } from "./wide-json.js";

const NEWLINE = 0x0a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Begins a record of a JSON text sequence (RFC 7464). */
const RECORD_SEPARATOR = "\x1e";
const EXCERPT = 200;
const MIB = 2 ** 20;
const RECORD_LIMIT = 16 * MIB;

/**
 * Decodes JSON values like Go's decoder: one per line, as the Engine writes them, but also several on a line, or one
 * across lines. A line that is a value is parsed at once; only other lines are scanned for the ends of values.
 */
export class RecordDecoder implements Decoder<unknown> {
  readonly #operation: string;
  /** Pieces of the current record; joined once, so that a long one costs linear time. */
  #pieces: Buffer[] = [];
  #length = 0;
  /** Finds the end of the current record, if that is not the line's end. */
  #end: JsonValueEnd | undefined;

  constructor(operation: string) {
    this.#operation = operation;
  }

  decode(chunk: Buffer, emit: (record: unknown) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#end) {
        at = this.#goOn(this.#end, chunk, at, emit);
        continue;
      }
      const newline = chunk.indexOf(NEWLINE, at);
      if (newline < 0) break;
      if (this.#length > 0) this.#line(this.#take(chunk.subarray(at, newline)), emit);
      else if (!emitObject(chunk, at, newline, emit)) this.#line(chunk.subarray(at, newline), emit);
      at = newline + 1;
    }
    if (at === chunk.length) return;
    this.#keep(chunk.subarray(at), emit);
    // A record may be complete before its line is.
    if (!this.#end && chunk[chunk.length - 1] === CLOSE_OBJECT) this.#separate(this.#take(), emit);
  }

  end(emit: (record: unknown) => void): void {
    if (this.#end) this.#goOn(this.#end, Buffer.of(NEWLINE), 0, emit);
    else this.#line(this.#take(), emit);
    if (this.#end) throw this.#failure("the answer ended inside a record", this.#take());
  }

  #line(line: Buffer, emit: (record: unknown) => void): void {
    let text = line.toString("utf8").trim();
    if (text.startsWith(RECORD_SEPARATOR)) text = text.slice(1).trim();
    if (text === "") return;
    let record: unknown;
    try {
      record = parseJson(text);
    } catch {
      this.#separate(Buffer.concat([line, Buffer.of(NEWLINE)]), emit);
      return;
    }
    emit(record);
  }

  /** Separates bytes that are not a single value into values; the last may be incomplete. */
  #separate(bytes: Buffer, emit: (record: unknown) => void): void {
    for (let at = skipBlanks(bytes, 0); at < bytes.length; ) {
      this.#end = new JsonValueEnd();
      at = skipBlanks(bytes, this.#goOn(this.#end, bytes, at, emit));
    }
  }

  /** Continues the current record, and returns the index after it, or after the bytes. */
  #goOn(end: JsonValueEnd, bytes: Buffer, at: number, emit: (record: unknown) => void): number {
    const to = end.find(bytes, at);
    if (to === BROKEN) throw this.#notJson(this.#take(bytes.subarray(at)));
    if (to < 0) {
      this.#keep(bytes.subarray(at), emit);
      return bytes.length;
    }
    this.#end = undefined;
    const record = this.#take(bytes.subarray(at, to));
    emit(this.#parse(record, bytes.subarray(to)));
    return to;
  }

  /** If a value is not JSON, the message shows what follows too: all of it may be an error page. */
  #parse(record: Buffer, following: Buffer): unknown {
    try {
      return parseJson(record.toString("utf8"));
    } catch (cause) {
      throw this.#notJson(Buffer.concat([record, following]), cause);
    }
  }

  #keep(piece: Buffer, emit: (record: unknown) => void): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length <= RECORD_LIMIT) return;
    if (this.#end)
      throw this.#failure(`the Engine sent a record of more than ${RECORD_LIMIT / MIB} MiB`, this.#take());
    this.#separate(this.#take(), emit);
  }

  #take(last: Buffer = Buffer.alloc(0)): Buffer {
    if (this.#pieces.length === 0) return last;
    const record = Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    this.#length = 0;
    return record;
  }

  #notJson(bytes: Buffer, cause?: unknown): StreamError {
    return this.#failure("the Engine sent a record that is not JSON", bytes, cause);
  }

  #failure(what: string, bytes: Buffer, cause?: unknown): StreamError {
    const text = bytes.toString("utf8").trim();
    const start = text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text;
    return new StreamError(`${this.#operation}: ${what}: ${start}`, { cause });
  }
}

/** Emits the record of a line as the Engine writes it, which is one object. Returns whether it is. */
function emitObject(bytes: Buffer, from: number, to: number, emit: (record: unknown) => void): boolean {
  if (bytes[from] !== OPEN_OBJECT || bytes[to - 1] !== CLOSE_OBJECT) return false;
  let record: unknown;
  try {
    record = parseJson(bytes.toString("utf8", from, to), bytes, from, to);
  } catch {
    return false;
  }
  emit(record);
  return true;
}

function skipBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && isBlank(bytes[at] as number)) at += 1;
  return at;
}
