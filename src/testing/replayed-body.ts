import { Duplex, Readable } from "node:stream";
import type { Exchange, ReplayedEvent } from "./read-recording.js";
import { PieceReader } from "./read-recording.js";

/** The waits of a replayed body before it continues. */
export interface Pace {
  /** Waits for an event's turn: the requests recorded before it have been made, and its time has come. */
  turn(event: ReplayedEvent): Promise<void>;
  /** Waits as long as the recorded reader took to leave. */
  patience(event: ReplayedEvent): Promise<void>;
}

/** If more bytes than this wait to be compared, the writer waits for a moment. */
const MANY = 64 * 1024;

/** The events of an answer's body: those after its head. */
function eventsOfBody({ events }: Exchange): readonly ReplayedEvent[] {
  return events.slice(events.findIndex((event) => "response" in event) + 1);
}

/** The body of an ordinary answer. */
export function replayedBody(file: string, exchange: Exchange, pace: Pace): Readable {
  async function* pieces(): AsyncGenerator<Buffer> {
    await using reader = new PieceReader(file);
    for (const event of eventsOfBody(exchange)) {
      if (!("received" in event) && !("over" in event) && !("failed" in event)) continue;
      await pace.turn(event);
      if ("received" in event) yield await reader.read(event.received);
      else await ending(event, pace);
    }
  }
  return Readable.from(pieces(), { objectMode: false, highWaterMark: 1 });
}

/** @throws {Error} the answer broke, or the recorded reader left here but this one does not */
async function ending(event: ReplayedEvent, pace: Pace): Promise<void> {
  if ("failed" in event) {
    const { message, cause } = event.failed;
    // An answer that the client's own limits ended is ended by them again.
    if (isOwnLimit(event.failed.code)) await pace.patience(event);
    throw new Error(cause?.message ?? message);
  }
  if ("over" in event && event.over === "left") {
    await pace.patience(event);
    throw new Error("the recording ends here, where its reader left");
  }
}

/** Whether a failure is the client's: its signal fired, or its time ran out. */
export const isOwnLimit = (code: string): boolean =>
  code === "ERR_DOCKER_ABORTED" || code === "ERR_DOCKER_TIMEOUT";

/** An upgraded connection: pieces recorded after something was sent arrive only once it is sent again. */
export class ReplayedConnection extends Duplex {
  readonly #file: string;
  readonly #exchange: Exchange;
  readonly #pace: Pace;
  /** Whether the bytes sent must equal the recorded ones. A build's session contains IDs and times. */
  readonly #isCompared: boolean;
  #written: Buffer = Buffer.alloc(0);
  #compared = 0;
  #hasFinished = false;
  #wake: () => void = () => undefined;
  #canPush: () => void = () => undefined;

  constructor(file: string, exchange: Exchange, pace: Pace) {
    super({ allowHalfOpen: true });
    this.#file = file;
    this.#exchange = exchange;
    this.#pace = pace;
    this.#isCompared = exchange.request.operation !== "Session";
    this.#play().catch((error: Error) => this.destroy(error));
  }

  async #play(): Promise<void> {
    await using reader = new PieceReader(this.#file);
    for (const event of eventsOfBody(this.#exchange)) {
      if (this.destroyed) return;
      if ("sent" in event) {
        await this.#expect(await reader.read(event.sent), event.masked === true);
        continue;
      }
      if ("over" in event && event.over === "sending") {
        await this.#expectEnd();
        continue;
      }
      await this.#pace.turn(event);
      if ("received" in event) await this.#deliver(await reader.read(event.received));
      else await ending(event, this.#pace);
    }
    this.push(null);
  }

  async #deliver(piece: Buffer): Promise<void> {
    if (this.destroyed || this.push(piece)) return;
    await new Promise<void>((resolve) => {
      this.#canPush = resolve;
    });
  }

  /** Waits until that many bytes were sent. @throws {Error} they differ */
  async #expect(recorded: Buffer, isMasked: boolean): Promise<void> {
    while (this.#written.length < recorded.length && !this.#hasFinished && !this.destroyed)
      await this.#change();
    const seen = this.#written.subarray(0, recorded.length);
    this.#written = this.#written.subarray(seen.length);
    if (this.destroyed || !this.#isCompared) return;
    for (let at = 0; at < recorded.length; at += 1) {
      if (seen[at] === recorded[at] || (isMasked && seen[at] !== undefined && recorded[at] === 0x2a))
        continue;
      const what = seen[at] === undefined ? "ended" : "differs";
      throw new Error(`what was sent ${what} at byte ${this.#compared + at} of what was recorded`);
    }
    this.#compared += recorded.length;
  }

  async #expectEnd(): Promise<void> {
    while (!this.#hasFinished && this.#written.length === 0 && !this.destroyed) await this.#change();
    if (this.destroyed || !this.#isCompared || this.#written.length === 0) return;
    throw new Error(`more was sent than the ${this.#compared} bytes that were recorded`);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  override _read(): void {
    this.#canPush();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#written = this.#written.length > 0 ? Buffer.concat([this.#written, chunk]) : chunk;
    this.#wake();
    if (this.#written.length > MANY) setImmediate(done);
    else done();
  }

  override _final(done: () => void): void {
    this.#hasFinished = true;
    this.#wake();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    done(error);
    this.#canPush();
    this.#wake();
  }
}
