import { PassThrough, type Readable, Writable } from "node:stream";
import type { MockedOutput } from "../mocked-operations.js";

const INTERRUPT = "\x03";
const END_OF_TRANSMISSION = "\x04";

/**
 * A terminal between a client and a process, as Linux sets it up: it echoes input, passes it on line by line, begins
 * every line of output at the left, and handles Ctrl-C and Ctrl-D.
 */
export class Terminal {
  /** Input of the process. */
  readonly input: Readable;
  /** Output of the process. */
  readonly output: Writable;
  readonly #lines = new PassThrough();
  readonly #write: (piece: MockedOutput) => Promise<void>;
  readonly #signal: (signal: NodeJS.Signals) => void;
  #line = "";

  constructor(
    typed: Readable,
    write: (piece: MockedOutput) => Promise<void>,
    signal: (signal: NodeJS.Signals) => void,
  ) {
    this.#write = write;
    this.#signal = signal;
    this.input = this.#lines;
    this.output = new Writable({
      write: (data: Buffer, _encoding, done) =>
        void (data.length > 0 ? this.#show(data.toString("latin1")) : Promise.resolve()).then(
          () => done(),
          done,
        ),
    }).on("error", () => undefined);
    typed.setEncoding("latin1");
    // The end of the connection is not the end of the input: that is Ctrl-D.
    typed.on("data", (keys: string) => this.#type(keys)).on("error", () => undefined);
  }

  /** Shows text: each line feed also returns the carriage. Bytes travel as latin1. */
  #show(text: string): Promise<void> {
    return this.#write({ stream: "stdout", data: Buffer.from(text.replaceAll("\n", "\r\n"), "latin1") });
  }

  #type(keys: string): void {
    for (const key of keys.replaceAll("\r", "\n")) {
      if (key === INTERRUPT) {
        void this.#show("^C");
        this.#line = "";
        this.#signal("SIGINT");
      } else if (key === END_OF_TRANSMISSION) {
        if (this.#line === "") this.#lines.end();
        else this.#pass();
      } else {
        void this.#show(key);
        this.#line += key;
        if (key === "\n") this.#pass();
      }
    }
  }

  /** Passes on the input typed so far. */
  #pass(): void {
    if (!this.#lines.writableEnded) this.#lines.write(Buffer.from(this.#line, "latin1"));
    this.#line = "";
  }
}
