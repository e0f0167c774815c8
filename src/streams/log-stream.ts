import { Readable, type Writable } from "node:stream";
import { checkOptions, type Rules, rule } from "../arguments.js";
import { chain, type Decoder } from "./body-reader.js";
import { BodyStream } from "./body-stream.js";
import { FrameDecoder, type LogChunk, rawDecoder } from "./frame-decoder.js";
import { pipeOutput, type Sinks } from "./log-pipe.js";
import { LineSplitter, type LogLine, TextGatherer } from "./log-text.js";
import { OutputReadables } from "./output-readables.js";

/** How the bytes are arranged: in frames that tell stdout from stderr, or raw, as a terminal gives them. */
export type LogFormat = "frames" | "raw";

/** How much `text()` and `lines()` read at once. */
export interface ReadLimit {
  /** Of `text()` bytes of each stream, of `lines()` characters of a line. */
  readonly limit?: number | undefined;
}

const LIMIT_RULES: Rules<ReadLimit> = {
  limit: { must: "a positive number", check: (value) => typeof value === "number" && value > 0 },
};
const SINK_RULES: Rules<Sinks> = { stdout: rule.writable, stderr: rule.writable };

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
  #readables: OutputReadables | undefined;

  /** Made by the operations that answer with output; `operation` is named in errors. */
  constructor(body: Readable, operation: string, format: LogFormat) {
    super(body, operation);
    this.#format = format;
  }

  protected decoder(): Decoder<LogChunk> {
    return this.#format === "raw" ? rawDecoder : new FrameDecoder(this.operation);
  }

  /**
   * The output line by line, each stream's lines whole; a last line without a line end is given too.
   *
   * @param options `limit`: the most characters a line may have; 16 Mi if left out
   * @throws {StreamError} the output broke off, or a line is longer
   * @throws {ArgumentError} the limit is no positive number
   */
  lines(options?: ReadLimit): AsyncGenerator<LogLine, void, undefined> {
    const { limit } = this.#checked(options, LIMIT_RULES);
    return this.read(chain(this.decoder(), new LineSplitter(this.operation, limit)));
  }

  /**
   * All output as text, once it has ended. For output that is known to be small.
   *
   * @param options `limit`: the most bytes of each stream; as much as a text can hold, about 512 MiB, if left out
   * @throws {StreamError} the output broke off, or there is more of it
   */
  async text(options?: ReadLimit): Promise<{ stdout: string; stderr: string }> {
    const { limit } = this.#checked(options, LIMIT_RULES);
    const [stdout, stderr] = [this.gatherer("stdout", limit), this.gatherer("stderr", limit)];
    for await (const { stream, data } of this) (stream === "stdout" ? stdout : stderr).add(data);
    return { stdout: stdout.text(), stderr: stderr.text() };
  }

  /** @internal For text of one of the streams, in bytes at most. */
  gatherer(stream: LogChunk["stream"], limit?: number): TextGatherer {
    return new TextGatherer(this.operation, stream, limit);
  }

  /**
   * Writes the output to streams as it arrives, at their pace, and resolves when it has ended and they have dealt with
   * all of it. The streams are not ended, so that `process.stdout` can be one; what goes to a stream left out is dropped.
   * One that is closed or fails ends the output at once, also while the container is silent.
   *
   * @throws {StreamError} the output broke off, or one of the streams was closed or failed
   */
  async pipe(stdout?: Writable, stderr?: Writable): Promise<void> {
    const sinks = this.#checked({ stdout, stderr }, SINK_RULES);
    await pipeOutput(this.read(this.decoder()), sinks, this.#source);
  }

  /**
   * The standard output as a Node stream. Take it and `stderr` before either is read: what goes to a stream that was not
   * taken is dropped. The two share a connection, and cannot block each other: while one is read, what arrives for the
   * other waits in memory, up to 16 MiB, beyond which both fail. When nobody reads, the Engine waits. Destroying all that
   * were taken closes the connection.
   *
   * @throws {StreamError} the stream was consumed already
   * @example
   * const logs = await docker.containerLogs("web", { stdout: true, stderr: true });
   * logs.stdout.pipe(createWriteStream("out.log"));
   * logs.stderr.pipe(createWriteStream("err.log"));
   */
  get stdout(): Readable {
    return this.#taken().take("stdout");
  }

  /** The standard error as a Node stream; see {@link stdout}. With a terminal there is none, and it is empty. */
  get stderr(): Readable {
    return this.#taken().take("stderr");
  }

  /** All output as one Node stream of bytes, in the order it arrives. Destroying it closes the connection. */
  toNode(): Readable {
    const bytes = { add: ({ data }: LogChunk, emit: (data: Buffer) => void): void => emit(data) };
    return Readable.from(this.read(chain(this.decoder(), bytes)), { objectMode: false });
  }

  /** Checks options. A stream that is not read because of them is closed: its connection would stay. */
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
