import { Readable, type Writable } from "node:stream";
import { checkOptions, type Rules, rule } from "../arguments.js";
import { chain, type Decoder } from "./body-reader.js";
import { BodyStream } from "./body-stream.js";
import { FrameDecoder, type LogChunk, rawDecoder } from "./frame-decoder.js";
import { pipeOutput, type Sinks } from "./log-pipe.js";
import { LineSplitter, type LogLine, TextGatherer } from "./log-text.js";
import { OutputReadables } from "./output-readables.js";

/** Format of output: frames that separate stdout and stderr, or raw, as from a terminal. */
export type LogFormat = "frames" | "raw";

/** Limits for `text()` and `lines()`. */
export interface ReadLimit {
  /** For `text()`, bytes per stream; for `lines()`, characters per line. */
  readonly limit?: number | undefined;
}

const LIMIT_RULES: Rules<ReadLimit> = {
  limit: { must: "a positive number", check: (value) => typeof value === "number" && value > 0 },
};
const SINK_RULES: Rules<Sinks> = { stdout: rule.writable, stderr: rule.writable };

/**
 * A container's output as it arrives: an async iterable of `{ stream, data }` that can be consumed once, in one of the
 * ways below. With a terminal, everything is stdout. A slow reader slows the Engine, and leaving the loop closes the
 * connection. Throws a StreamError if the output is cut off, a frame is broken, or the Engine reports a late failure.
 *
 * @example
 * const logs = await docker.containerLogs("web", { stdout: true, stderr: true, follow: true });
 * for await (const { stream, line } of logs.lines()) console.log(stream, line);
 */
export class LogStream extends BodyStream<LogChunk> {
  readonly #format: LogFormat;
  #readables: OutputReadables | undefined;

  /** Created by operations that return output; `operation` is named in errors. */
  constructor(body: Readable, operation: string, format: LogFormat) {
    super(body, operation);
    this.#format = format;
  }

  /** @internal Output of the same format, from another body. */
  readFrom(body: Readable, operation: string): LogStream {
    return new LogStream(body, operation, this.#format);
  }

  /** @internal */
  protected decoder(): Decoder<LogChunk> {
    return this.#format === "raw" ? rawDecoder : new FrameDecoder(this.operation);
  }

  /**
   * The output line by line; lines of the two streams are never mixed. A last line without a line end counts too.
   *
   * @param options `limit`: maximum characters per line; 16 Mi by default
   * @throws {StreamError} the output was cut off, or a line is longer
   * @throws {ArgumentError} the limit is not a positive number
   */
  lines(options?: ReadLimit): AsyncGenerator<LogLine, void, undefined> {
    const { limit } = this.#checked(options, LIMIT_RULES);
    return this.read(chain(this.decoder(), new LineSplitter(this.operation, limit)));
  }

  /**
   * All output as text, once it has ended. For output known to be small.
   *
   * @param options `limit`: maximum bytes per stream; the longest possible string, about 512 MiB, by default
   * @throws {StreamError} the output was cut off, or is longer
   */
  async text(options?: ReadLimit): Promise<{ stdout: string; stderr: string }> {
    const { limit } = this.#checked(options, LIMIT_RULES);
    const [stdout, stderr] = [
      new TextGatherer(this.operation, "stdout", limit),
      new TextGatherer(this.operation, "stderr", limit),
    ];
    for await (const { stream, data } of this) (stream === "stdout" ? stdout : stderr).add(data);
    return { stdout: stdout.text(), stderr: stderr.text() };
  }

  /**
   * Writes the output to streams as it arrives, at their pace, and resolves when it has ended and they have processed
   * all of it. It does not end the streams, so `process.stdout` can be one; output without a stream is dropped. A stream
   * that closes or fails ends the output at once, even while the container is silent.
   *
   * @throws {StreamError} the output was cut off, or a stream was closed or failed
   */
  async pipe(stdout?: Writable, stderr?: Writable): Promise<void> {
    const sinks = this.#checked({ stdout, stderr }, SINK_RULES);
    await pipeOutput(this.read(this.decoder()), sinks, this.#source);
  }

  /**
   * The standard output as a Node stream. Access it and `stderr` before reading either: output of a stream you have not
   * accessed is dropped. They share a connection but cannot block each other: while one is read, up to 16 MiB of the
   * other wait in memory; beyond that both fail. When nobody reads, the Engine waits. Destroying every accessed stream
   * closes the connection.
   *
   * @throws {StreamError} the stream was already consumed
   * @example
   * const logs = await docker.containerLogs("web", { stdout: true, stderr: true });
   * logs.stdout.pipe(createWriteStream("out.log"));
   * logs.stderr.pipe(createWriteStream("err.log"));
   */
  get stdout(): Readable {
    return this.#taken().take("stdout");
  }

  /** The standard error as a Node stream; see {@link stdout}. Empty with a terminal. */
  get stderr(): Readable {
    return this.#taken().take("stderr");
  }

  /** All output as one Node stream of bytes, in order of arrival. Destroying it closes the connection. */
  toNode(): Readable {
    const bytes = { add: ({ data }: LogChunk, emit: (data: Buffer) => void): void => emit(data) };
    return Readable.from(this.read(chain(this.decoder(), bytes)), { objectMode: false });
  }

  /** Checks options. If they are invalid, the stream is closed, since its unread connection would stay open. */
  #checked<Options extends object>(options: Options | undefined, rules: Rules<Options>): Options {
    try {
      return checkOptions(options, rules, { where: this.operation });
    } catch (error) {
      this.cancel();
      throw error;
    }
  }

  get #source() {
    return { body: this.body, operation: this.operation };
  }

  #taken(): OutputReadables {
    this.#readables ??= new OutputReadables(this.read(this.decoder()), this.#source);
    return this.#readables;
  }
}
