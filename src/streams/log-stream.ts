import type { Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { StringDecoder } from "node:string_decoder";
import { StreamError } from "../errors.js";
import { BodyStream } from "./body-stream.js";
import { FrameDecoder, type LogChunk } from "./frame-decoder.js";

/** A line of what a container wrote, without its line end. */
export interface LogLine {
  readonly stream: "stdout" | "stderr";
  readonly line: string;
}

/** How the bytes are arranged: in frames that tell stdout from stderr, or raw, as a terminal gives them. */
export type LogFormat = "frames" | "raw";

/**
 * What a container writes, as it arrives: an async iterable of `{ stream, data }`, to be consumed once, in one of the
 * ways below. With a terminal all is stdout. A slow reader slows the Engine, leaving the loop closes the connection,
 * and a cut, a broken frame and a failure that the Engine reports late are a StreamError.
 *
 * @example
 * const logs = await docker.containerLogs("web", { stdout: true, stderr: true, follow: true });
 * for await (const { stream, line } of logs.lines()) console.log(stream, line);
 */
export class LogStream extends BodyStream<LogChunk> {
  readonly #format: LogFormat;

  /** Made by the operations that answer with output; `operation` is named in errors. */
  constructor(body: Readable, operation: string, format: LogFormat) {
    super(body, operation);
    this.#format = format;
  }

  protected async *read(chunks: AsyncIterable<Buffer>): AsyncGenerator<LogChunk, void, undefined> {
    if (this.#format === "raw") {
      for await (const data of chunks) yield { stream: "stdout", data };
      return;
    }
    const decoder = new FrameDecoder(this.operation);
    for await (const chunk of chunks) yield* decoder.decode(chunk);
    decoder.end();
  }

  /** The output line by line, each stream's lines whole; a last line without a line end is given too. */
  lines(): AsyncGenerator<LogLine, void, undefined> {
    return this.closing(this.#lines());
  }

  async *#lines(): AsyncGenerator<LogLine, void, undefined> {
    const pending = { stdout: new LineSplitter(), stderr: new LineSplitter() };
    for await (const { stream, data } of this) {
      for (const line of pending[stream].add(data)) yield { stream, line };
    }
    for (const stream of ["stdout", "stderr"] as const) {
      const line = pending[stream].rest();
      if (line !== "") yield { stream, line };
    }
  }

  /** All output as text, once it has ended. For output that is known to be small. */
  async text(): Promise<{ stdout: string; stderr: string }> {
    const decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
    const text = { stdout: "", stderr: "" };
    for await (const { stream, data } of this) text[stream] += decoders[stream].write(data);
    for (const stream of ["stdout", "stderr"] as const) text[stream] += decoders[stream].end();
    return text;
  }

  /**
   * Writes the output to streams as it arrives, at their pace, and resolves when it has ended and they have dealt with
   * all of it. The streams are not ended, so that `process.stdout` can be one; what goes to a stream left out is dropped.
   *
   * @throws {StreamError} the output broke off, or one of the streams was closed or failed
   */
  async pipe(stdout?: Writable, stderr?: Writable): Promise<void> {
    const sinks = { stdout, stderr };
    let unwritten = 0;
    let failure: Error | undefined;
    let allWritten: () => void = () => undefined;
    const written = (error?: Error | null): void => {
      failure ??= error ?? undefined;
      unwritten -= 1;
      if (unwritten === 0) allWritten();
    };
    for await (const { stream, data } of this) {
      const sink = sinks[stream];
      if (!sink) continue;
      unwritten += 1;
      if (!sink.write(data, written)) await drained(sink, this.body, this.operation);
    }
    // A stream buffers what it cannot take at once: it has not got it before it says so.
    if (unwritten > 0) await new Promise<void>((resolve) => (allWritten = resolve));
    if (failure) throw unwritable(failure, this.operation);
  }
}

/**
 * Waits until a stream takes more; one that was closed never would. If the source fails meanwhile, the wait is over: to
 * read on will tell why.
 */
async function drained(sink: Writable, source: Readable, operation: string): Promise<void> {
  if (source.errored) return;
  let onDrain: () => void = () => undefined;
  const drain = new Promise<void>((resolve) => {
    onDrain = resolve;
    sink.once("drain", resolve);
    source.once("error", resolve);
  });
  const waiting = new AbortController();
  const closed = finished(sink, { readable: false, signal: waiting.signal }).then(() => "closed" as const);
  try {
    if ((await Promise.race([drain, closed])) !== "closed") return;
  } catch (cause) {
    throw unwritable(cause as Error, operation);
  } finally {
    sink.off("drain", onDrain);
    source.off("error", onDrain);
    closed.catch(() => undefined);
    waiting.abort();
  }
  throw new StreamError(`${operation}: the stream the output goes to was closed`);
}

const unwritable = (cause: Error, operation: string): StreamError =>
  new StreamError(`${operation}: the output cannot be written: ${cause.message}`, { cause });

/** Splits the text of one stream into lines; a character cut by a chunk stays whole. */
class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  #pieces: string[] = [];

  *add(data: Buffer): Generator<string, void, undefined> {
    const lines = this.#decoder.write(data).split("\n");
    for (const end of lines.slice(0, -1)) {
      this.#pieces.push(end);
      const line = this.#take();
      yield line.endsWith("\r") ? line.slice(0, -1) : line;
    }
    this.#pieces.push(lines.at(-1) ?? "");
  }

  /** What no line end has come for; a carriage return alone is none. */
  rest(): string {
    this.#pieces.push(this.#decoder.end());
    return this.#take();
  }

  #take(): string {
    const line = this.#pieces.join("");
    this.#pieces = [];
    return line;
  }
}
