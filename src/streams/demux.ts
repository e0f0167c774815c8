import { Readable } from "node:stream";
import type { BinaryBody } from "#generated/schema.js";
import { checkOptions, isAsyncIterable, type Rules, reading } from "../arguments.js";
import { ArgumentError } from "../errors.js";
import { kindOf } from "../members.js";
import { type LogFormat, LogStream } from "./log-stream.js";
import { sourceOf } from "./source.js";

/** Options of {@link demux}. */
export interface DemuxOptions {
  /** "frames", which separate stdout and stderr; or "raw" for output of a terminal, which is all stdout. "frames" by default. */
  readonly format?: LogFormat | undefined;
}

const RULES: Rules<DemuxOptions> = {
  format: { must: '"frames" or "raw"', check: (value) => value === "frames" || value === "raw" },
};

/**
 * Reads container output that comes from elsewhere: a proxy, a file, or `docker.request`. Returns the same as
 * `containerLogs`; destroying or leaving it closes the source.
 *
 * @param source the bytes, in pieces of any size: a stream, an async iterable, or all of them
 * @param options `format`: "frames" by default, or "raw" for output of a terminal
 * @returns the output; the source is not read until it is
 * @throws {ArgumentError} the source is neither bytes nor a stream of them, or was read or closed before
 * @example
 * for await (const { stream, line } of demux(createReadStream("saved.log")).lines()) console.log(stream, line);
 */
export function demux(source: BinaryBody, options?: DemuxOptions): LogStream {
  const { format = "frames" } = checkOptions(options, RULES, { where: "demux" });
  return new LogStream(
    reading("demux", () => readableOf(source)),
    "demux",
    format,
  );
}

function readableOf(source: unknown): Readable {
  if (source instanceof Uint8Array) return Readable.from([source], { objectMode: false });
  if (!isAsyncIterable(source))
    throw new ArgumentError(`demux: the source must be bytes or a stream of them, not ${kindOf(source)}`);
  if ((source as Partial<Readable>).readableEncoding)
    throw new ArgumentError("demux: the source gives text, not bytes; do not set its encoding");
  try {
    return sourceOf(source as AsyncIterable<Uint8Array>);
  } catch (cause) {
    throw new ArgumentError(`demux: the source cannot be read: ${(cause as Error).message}`, { cause });
  }
}
