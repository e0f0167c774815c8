import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { ArgumentError } from "../errors.js";
import { type RecordedBytes, readBytes } from "./recorded-bytes.js";
import { FORMAT, type RecordedLine, type RecordedRequest, type RecordedResponse } from "./recording-lines.js";

/** A line without its bytes, which stay in the file: a recording may be larger than memory. */
type Indexed<Line> = Line extends { readonly sent: RecordedBytes }
  ? Omit<Line, "sent"> & { readonly sent: Place }
  : Line extends { readonly received: RecordedBytes }
    ? Omit<Line, "received"> & { readonly received: Place }
    : Line;

/** Position of a line in the file, and how many bytes it stands for. */
interface Place {
  readonly offset: number;
  readonly length: number;
  readonly bytes: number;
}

/** An event in an exchange, with its place in the order of all events. */
export type ReplayedEvent = Indexed<RecordedLine> & { readonly order: number };

/** An exchange of a recording. */
export interface Exchange {
  readonly request: RecordedRequest;
  readonly isMasked: boolean;
  readonly at: number;
  readonly order: number;
  /** The events after the request. */
  readonly events: readonly ReplayedEvent[];
}

/** The head of the answer, if one arrived. */
export const responseOf = ({ events }: Exchange): RecordedResponse | undefined =>
  events.flatMap((event) => ("response" in event ? [event.response] : []))[0];

/**
 * Reads a recording, except for the bytes of streams.
 *
 * @throws {ArgumentError} it cannot be read, is not a recording, or is cut off
 */
export function readRecording(file: string, caller: string): readonly Exchange[] {
  const exchanges = new Map<number, Exchange & { readonly events: ReplayedEvent[] }>();
  let count: number | undefined;
  let number = 0;
  const fail = (problem: string, cause?: unknown): never => {
    throw new ArgumentError(`${caller}: ${file} ${problem}`, { cause });
  };
  for (const { text, offset, length } of linesOf(file, caller)) {
    number += 1;
    let line: RecordedLine;
    try {
      line = JSON.parse(text);
    } catch (cause) {
      return fail(`is damaged or cut off in line ${number}: record it again`, cause);
    }
    if (number === 1) {
      const { recording } = line as { readonly recording?: unknown };
      if (recording !== FORMAT) fail(`is not a recording that this version of the package can read`);
    } else if ("exchanges" in line) count = line.exchanges as number;
    else if ("request" in line) {
      const { request, at, masked = false, exchange } = line;
      exchanges.set(exchange, { request, isMasked: masked, at, order: number, events: [] });
    } else {
      const events = exchanges.get(line.exchange)?.events;
      if (!events) return fail(`is damaged in line ${number}: it has no request ${line.exchange}`);
      const { sent, received } = line as { sent?: RecordedBytes; received?: RecordedBytes };
      const piece = sent ?? received;
      const place = piece !== undefined && { offset, length, bytes: readBytes(piece).length };
      const indexed = place ? { ...line, [sent === undefined ? "received" : "sent"]: place } : line;
      events.push({ ...indexed, order: number } as ReplayedEvent);
    }
  }
  if (count !== exchanges.size) fail(`is cut off after line ${number}: record it again`);
  return [...exchanges.values()];
}

interface Line {
  readonly text: string;
  readonly offset: number;
  readonly length: number;
}

function* linesOf(file: string, caller: string): Generator<Line> {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (cause) {
    throw new ArgumentError(`${caller}: cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
  try {
    const piece = Buffer.alloc(256 * 1024);
    let rest: Buffer[] = [];
    let offset = 0;
    for (;;) {
      const read = readSync(descriptor, piece);
      let from = 0;
      for (let to = piece.indexOf("\n"); to >= 0 && to < read; to = piece.indexOf("\n", from)) {
        const line = Buffer.concat([...rest, piece.subarray(from, to)]);
        yield { text: line.toString(), offset, length: line.length };
        offset += line.length + 1;
        rest = [];
        from = to + 1;
      }
      if (read === 0) break;
      rest.push(Buffer.from(piece.subarray(from, read)));
    }
    const last = Buffer.concat(rest);
    if (last.length > 0) yield { text: last.toString(), offset, length: last.length };
  } finally {
    closeSync(descriptor);
  }
}

/** Reads the bytes of streams, one piece at a time. */
export class PieceReader implements AsyncDisposable {
  readonly #file: string;
  #handle: FileHandle | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async read({ offset, length }: Place): Promise<Buffer> {
    this.#handle ??= await open(this.#file, "r");
    const { buffer } = await this.#handle.read(Buffer.alloc(length), 0, length, offset);
    const { sent, received } = JSON.parse(buffer.toString());
    return readBytes(sent ?? received);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}
