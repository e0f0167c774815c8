import { Readable, Writable } from "node:stream";
import type { BinaryBody, WebStream } from "#generated/schema.js";
import { isAsyncIterable, reading } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { kindOf } from "../../members.js";
import { release, takeOver } from "../../operation/index.js";
import type { AttachStream } from "../../streams/index.js";
import { releasable } from "../../streams/index.js";

/** Standard input: text, bytes, or a stream of them. */
export type Input = string | BinaryBody;

const END_OF_TRANSMISSION = 0x04;
const LINE_ENDS: readonly (number | undefined)[] = [0x0a, 0x0d];

/** A standard input that is read when the process is ready for it. */
export interface StandardInput {
  /** Writes the input at the process's pace, then ends it. A failing source ends the attached stream. */
  readonly feed: (attached: AttachStream) => void;
  /** Closes the source, however much of it was read. */
  readonly close: () => void;
}

/**
 * Owns the option `stdin` from before the options are checked until the work is done.
 */
export async function owningInput<T>(
  options: { readonly stdin?: Input | undefined } | undefined,
  work: () => Promise<T>,
): Promise<T> {
  let input: unknown;
  try {
    input = options?.stdin;
  } catch {
    // Checking the options reports it.
  }
  takeOver(input);
  try {
    return await work();
  } finally {
    release(input);
  }
}

/** Prepares an input. @throws {ArgumentError} it cannot be read */
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
  const source = Readable.from(bytes(held), { objectMode: false });
  source.on("error", () => undefined);
  return {
    feed: (attached) => {
      source.once("error", (cause) => {
        const reason = new ArgumentError(`${workflow}: reading stdin failed: ${cause.message}`, { cause });
        attached.duplex.destroy(reason);
      });
      source.pipe(tty ? terminalInput(attached.stdin) : attached.stdin);
    },
    close: () => {
      source.destroy();
      release(held);
    },
  };
}

async function* bytes(input: Exclude<Input, WebStream>): AsyncGenerator<Uint8Array, void, undefined> {
  if (typeof input === "string" || input instanceof Uint8Array) yield Buffer.from(input);
  else
    for await (const chunk of input)
      yield typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
}

/**
 * The input of a terminal. It ends with Ctrl-D, because half-closing the connection would cut off the output; after an
 * unfinished line it takes two, since the first only ends the line.
 */
function terminalInput(stdin: Writable): Writable {
  let last: number | undefined;
  let hasEnded = false;
  const sendEnd = (done?: () => void): void => {
    hasEnded = true;
    const lineIsOpen = last !== undefined && !LINE_ENDS.includes(last);
    stdin.write(Buffer.alloc(lineIsOpen ? 2 : 1, END_OF_TRANSMISSION), done);
  };
  const input = new Writable({
    write: (chunk: Buffer, _, done) => {
      last = chunk.at(-1) ?? last;
      stdin.write(chunk, done);
    },
    final: (done) => sendEnd(done),
    destroy: (error, done) => {
      // Not in full, but as much of it as the process will get.
      if (!hasEnded && stdin.writable) sendEnd();
      done(error);
    },
  });
  // As with the standard input itself: a process may exit without reading all of it.
  input.on("error", () => undefined);
  stdin.once("close", () => input.destroy());
  return input;
}

/** The standard input of a process, for its caller to write to. Destroying it, as a failing pipeline does, ends it too. */
export function inputOf(attached: AttachStream, tty: boolean): Writable {
  if (tty) return terminalInput(attached.stdin);
  attached.stdin.once("close", () => attached.duplex.end());
  return attached.stdin;
}
