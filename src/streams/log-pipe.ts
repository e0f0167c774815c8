import type { Readable, Writable } from "node:stream";
import { isDockerError, StreamError } from "../errors.js";
import type { BodyReader } from "./body-reader.js";
import type { LogChunk } from "./frame-decoder.js";

/** Where each stream's output goes; without a sink it is dropped. */
export interface Sinks {
  readonly stdout?: Writable | undefined;
  readonly stderr?: Writable | undefined;
}

/**
 * Writes output to sinks, at their pace, until it has ended and they have processed all of it. Sinks are watched
 * throughout, so a closed one is noticed even while the container is silent.
 *
 * @throws {StreamError} the output was cut off, or a sink was closed or failed
 */
export async function pipeOutput(
  output: BodyReader<LogChunk>,
  sinks: Sinks,
  { body, operation }: { readonly body: Readable; readonly operation: string },
): Promise<void> {
  let unwritten = 0;
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    void output.return();
    wake();
  };
  const written = (error?: Error | null): void => {
    unwritten -= 1;
    if (error) fail(unwritable(error, operation));
    else if (unwritten === 0) wake();
  };
  const woken = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const handlers: readonly (readonly [event: string, handle: (error: Error) => void])[] = [
    ["drain", () => wake()],
    ["error", (error) => fail(unwritable(error, operation))],
    ["close", () => fail(closed(operation))],
  ];
  const watched = new Set([sinks.stdout, sinks.stderr].filter((sink) => sink !== undefined));
  for (const sink of watched) {
    for (const [event, handle] of handlers) sink.on(event, handle);
    if (sink.destroyed) fail(sink.errored ? unwritable(sink.errored, operation) : closed(operation));
  }
  // Wakes a wait for a sink when the output itself fails; reading on throws the reason.
  const onBodyEnd = (): void => wake();
  body.on("error", onBodyEnd);
  try {
    for await (const { stream, data } of output) {
      const sink = sinks[stream];
      if (!sink) continue;
      unwritten += 1;
      if (!sink.write(data, written) && !failure && !body.errored) await woken();
    }
    // A stream buffers what it cannot take at once: nothing is delivered until its callback.
    while (unwritten > 0 && !failure) await woken();
  } finally {
    body.off("error", onBodyEnd);
    for (const sink of watched) for (const [event, handle] of handlers) sink.off(event, handle);
  }
  if (failure) throw failure;
}

const closed = (operation: string): StreamError =>
  new StreamError(`${operation}: the stream that receives the output was closed`);

/** Codes of Node.js for a stream that was closed before its end. */
const CLOSED: readonly unknown[] = ["ERR_STREAM_DESTROYED", "ERR_STREAM_PREMATURE_CLOSE"];

/** The error for a sink that failed or was closed. */
export function unwritable(cause: Error, operation: string): Error {
  if (isDockerError(cause)) return cause;
  if (CLOSED.includes((cause as NodeJS.ErrnoException).code)) return closed(operation);
  return new StreamError(`${operation}: the output cannot be written: ${cause.message}`, { cause });
}
