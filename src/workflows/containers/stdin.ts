import { Readable } from "node:stream";
import { isAsyncIterable, kindOf, reading } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { release, takeOver } from "../../operation/index.js";
import type { AttachStream } from "../../streams/index.js";
import { releasable } from "../../transport/index.js";

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

/**
 * Works with options whose `stdin` is taken over at once, before anything of them is checked, and let go of in the end.
 */
export async function owningInput<T>(
  options: { readonly stdin?: Input | undefined } | undefined,
  work: () => Promise<T>,
): Promise<T> {
  let input: unknown;
  try {
    input = options?.stdin;
  } catch {
    // The check of the options says so.
  }
  takeOver(input);
  try {
    return await work();
  } finally {
    release(input);
  }
}

/** Checks what was given. @throws {ArgumentError} it is nothing that can be read */
export function standardInput(input: Input, tty: boolean, workflow: string): StandardInput {
  const isReadable = (value: unknown): boolean =>
    typeof value === "string" || value instanceof Uint8Array || isAsyncIterable(value);
  if (!reading(workflow, () => isReadable(input))) {
    throw new ArgumentError(
      `${workflow}: stdin must be a string, a Uint8Array, a stream or an async iterable of them, not ${kindOf(input)}`,
    );
  }
  const held = reading(workflow, () => releasable(input));
  takeOver(held);
  const source = Readable.from(tty ? terminated(bytes(held)) : bytes(held), { objectMode: false });
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
      release(held);
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
