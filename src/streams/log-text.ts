import { constants } from "node:buffer";
import { StringDecoder } from "node:string_decoder";
import { StreamError } from "../errors.js";
import type { LogChunk } from "./frame-decoder.js";

/** A line of a container's output, without its line end. */
export interface LogLine {
  /** Where the program wrote it. */
  readonly stream: "stdout" | "stderr";
  /** The text, without the line break. */
  readonly line: string;
}

const MIB = 2 ** 20;
/** Default limit of a line; a JSON record has the same one. */
export const LINE_LIMIT = 16 * MIB;
const EXCERPT = 200;

/** Gathers one stream's output as text. */
export class TextGatherer {
  readonly #operation: string;
  readonly #stream: string;
  readonly #limit: number;
  readonly #pieces: Buffer[] = [];
  #length = 0;

  /** `limit` is in bytes; the longest possible string by default. */
  constructor(operation: string, stream: string, limit: number = constants.MAX_STRING_LENGTH) {
    this.#operation = operation;
    this.#stream = stream;
    this.#limit = Math.min(limit, constants.MAX_STRING_LENGTH);
  }

  /** @throws {StreamError} the limit is exceeded */
  add(data: Buffer): void {
    this.#length += data.length;
    if (this.#length > this.#limit) {
      throw new StreamError(
        `${this.#operation}: ${this.#stream} is longer than ${this.#limit} bytes, the most that is gathered as text; ` +
          "read it as a stream instead.",
      );
    }
    this.#pieces.push(data);
  }

  /** The gathered text; characters split between pieces are intact. */
  text(): string {
    return Buffer.concat(this.#pieces).toString("utf8");
  }
}

/** Splits output into lines, separately for each stream; an unfinished last line counts. */
export class LineSplitter {
  readonly #pending: { readonly stdout: PendingLine; readonly stderr: PendingLine };

  /** `limit` is in characters. */
  constructor(operation: string, limit = LINE_LIMIT) {
    this.#pending = { stdout: new PendingLine(operation, limit), stderr: new PendingLine(operation, limit) };
  }

  /** @throws {StreamError} a line is longer than the limit */
  add({ stream, data }: LogChunk, emit: (line: LogLine) => void): void {
    this.#pending[stream].add(data, (line) => emit({ stream, line }));
  }

  end(emit: (line: LogLine) => void): void {
    for (const stream of ["stdout", "stderr"] as const) {
      const line = this.#pending[stream].end();
      if (line !== "") emit({ stream, line });
    }
  }
}

/** The unfinished line of one stream. Its pieces are joined once, so a long line costs linear time. */
class PendingLine {
  readonly #operation: string;
  readonly #limit: number;
  readonly #decoder = new StringDecoder("utf8");
  #pieces: string[] = [];
  #length = 0;

  constructor(operation: string, limit: number) {
    this.#operation = operation;
    this.#limit = limit;
  }

  add(data: Buffer, emit: (line: string) => void): void {
    const text = this.#decoder.write(data);
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      this.#keep(text.slice(start, end));
      start = end + 1;
      const line = this.#take();
      emit(line.endsWith("\r") ? line.slice(0, -1) : line);
    }
    this.#keep(text.slice(start));
  }

  /** A lone carriage return is not a line end. */
  end(): string {
    this.#keep(this.#decoder.end());
    return this.#take();
  }

  #keep(piece: string): void {
    if (piece === "") return;
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length <= this.#limit) return;
    const start = this.#take().slice(0, EXCERPT);
    throw new StreamError(
      `${this.#operation}: a line is longer than ${this.#limit} characters, ` +
        `the limit of lines(): ${start}…`,
    );
  }

  #take(): string {
    const line = this.#pieces.length === 1 ? (this.#pieces[0] as string) : this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}
