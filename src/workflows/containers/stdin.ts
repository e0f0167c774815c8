import { Readable } from "node:stream";
import { ArgumentError } from "../../errors.js";
import type { AttachStream } from "../../streams/index.js";

/** What can be given as standard input: text, bytes, or a stream of them. */
export type Input = string | Uint8Array | AsyncIterable<string | Uint8Array>;

const END_OF_TRANSMISSION = 0x04;
const LINE_ENDS: readonly (number | undefined)[] = [0x0a, 0x0d];

/** A standard input that is read once the process is there to take it. */
export interface StandardInput {
  /** Writes all of it at the process's pace, then its end. A source that fails ends the attached stream. */
  readonly feed: (attached: AttachStream) => void;
  /** Lets go of the source, however much of it was read. */
  readonly close: () => void;
}

/** Checks what was given. @throws {ArgumentError} it is nothing that can be read */
export function standardInput(input: Input, tty: boolean, workflow: string): StandardInput {
  if (typeof input !== "string" && !(input instanceof Uint8Array) && !isAsyncIterable(input)) {
    throw new ArgumentError(
      `${workflow}: stdin must be a string, a Uint8Array, a stream or an async iterable of them, not ${typeof input}`,
    );
  }
  // A file that cannot be opened says so before anyone reads it; unheard, that would end this process.
  if (input instanceof Readable) input.on("error", () => undefined);
  const source = Readable.from(tty ? terminated(bytes(input)) : bytes(input), { objectMode: false });
  source.on("error", () => undefined);
  return {
    feed: (attached) => {
      source.once("error", (cause) => {
        const reason = new ArgumentError(`${workflow}: reading stdin failed: ${cause.message}`, { cause });
        attached.duplex.destroy(reason);
      });
      // Half-closing would take the terminal's output away: its input ends with a character instead.
      source.pipe(attached.stdin, { end: !tty });
    },
    close: () => {
      source.destroy();
      if (input instanceof Readable) input.destroy();
    },
  };
}

async function* bytes(input: Input): AsyncGenerator<Uint8Array, void, undefined> {
  if (typeof input === "string" || input instanceof Uint8Array) yield Buffer.from(input);
  else for await (const chunk of input) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

/** Input typed at a terminal: Ctrl-D ends it, of which one more is due where it only ends an unfinished line. */
async function* terminated(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let last: number | undefined;
  for await (const chunk of input) {
    last = chunk.at(-1) ?? last;
    yield chunk;
  }
  const lineIsOpen = last !== undefined && !LINE_ENDS.includes(last);
  yield Buffer.alloc(lineIsOpen ? 2 : 1, END_OF_TRANSMISSION);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<string | Uint8Array> {
  return typeof (value as Partial<AsyncIterable<unknown>> | null)?.[Symbol.asyncIterator] === "function";
}
