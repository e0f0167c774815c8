import { PassThrough } from "node:stream";
import type { MockedOutput } from "../mocked-operations.js";

/** How many pieces a reader may lag before it holds up the process. */
const PIECES_AHEAD = 64;

/** Output of a process, for the clients attached to it. */
export class Output {
  readonly #readers = new Set<PassThrough>();
  #ended = false;

  /** Passes on a piece. Resolves when no reader lags too far. */
  async push(piece: MockedOutput): Promise<void> {
    await Promise.all(
      [...this.#readers].map(
        (reader) =>
          reader.write(piece) ||
          new Promise<void>((resolve) => {
            reader.once("drain", resolve).once("close", resolve);
          }),
      ),
    );
  }

  /** Output of the given streams from now on, to the end. */
  follow(streams: readonly string[]): AsyncIterable<MockedOutput> & { end(): void } {
    const reader = new PassThrough({ objectMode: true, highWaterMark: PIECES_AHEAD });
    if (this.#ended) reader.end();
    this.#readers.add(reader);
    reader.once("close", () => this.#readers.delete(reader));
    const pieces = async function* (): AsyncGenerator<MockedOutput> {
      for await (const piece of reader) if (streams.includes(piece.stream)) yield piece;
    };
    return Object.assign(pieces(), { end: () => void reader.end() });
  }

  end(): void {
    this.#ended = true;
    for (const reader of this.#readers) reader.end();
  }
}
