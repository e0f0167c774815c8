import { StreamError } from "../errors.js";
import type { Decoder } from "./body-reader.js";

/** A piece of a container's output. */
export interface LogChunk {
  /** Where the program wrote it. */
  readonly stream: "stdout" | "stderr";
  /** The bytes that it wrote. */
  readonly data: Buffer;
}

const HEADER_BYTES = 8;
const STDERR = 2;
const ENGINE_FAILURE = 3;
const FAILURE_TEXT_LIMIT = 64 * 1024;

/**
 * Decodes the Engine's multiplexed format: an 8-byte header (type, three zeros, big-endian length), then that many
 * bytes. Payload is passed on as it arrives, so no frame is ever held whole.
 *
 * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/ContainerAttach
 */
export class FrameDecoder implements Decoder<LogChunk> {
  readonly #operation: string;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerFilled = 0;
  #type = 0;
  #remaining = 0;
  #failureText: Buffer[] = [];
  #failureLength = 0;

  constructor(operation: string) {
    this.#operation = operation;
  }

  /** Emits payload. @throws {StreamError} a frame reports a failure of the Engine, or has an unknown type */
  decode(chunk: Buffer, emit: (chunk: LogChunk) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headerFilled < HEADER_BYTES) {
        at += this.#headerIn(chunk, at);
        continue;
      }
      const end = Math.min(chunk.length, at + this.#remaining);
      const data = chunk.subarray(at, end);
      this.#remaining -= data.length;
      at = end;
      if (this.#type === ENGINE_FAILURE) this.#collectFailure(data);
      else emit({ stream: this.#type === STDERR ? "stderr" : "stdout", data });
      if (this.#remaining === 0) this.#endFrame();
    }
  }

  /** Call it after the last bytes. @throws {StreamError} they end inside a frame */
  end(): void {
    if (this.#headerFilled === 0) return;
    const inside =
      this.#headerFilled < HEADER_BYTES ? "the header of a frame" : `a frame, ${this.#remaining} bytes short`;
    throw new StreamError(`${this.#operation}: the output is truncated: it ended inside ${inside}`);
  }

  /** Reads a header, or as much of it as has arrived. Returns the number of bytes taken. */
  #headerIn(chunk: Buffer, at: number): number {
    if (this.#headerFilled === 0 && chunk.length - at >= HEADER_BYTES) {
      this.#readHeader(chunk, at);
      return HEADER_BYTES;
    }
    const copied = chunk.copy(this.#header, this.#headerFilled, at);
    this.#headerFilled += copied;
    if (this.#headerFilled === HEADER_BYTES) this.#readHeader(this.#header, 0);
    return copied;
  }

  #readHeader(bytes: Buffer, at: number): void {
    const type = bytes[at] as number;
    if (type > ENGINE_FAILURE || bytes[at + 1] || bytes[at + 2] || bytes[at + 3]) {
      const header = bytes.toString("hex", at, at + HEADER_BYTES);
      throw new StreamError(
        `${this.#operation}: the output is not in frames (unknown frame header ${header})`,
      );
    }
    this.#type = type;
    this.#headerFilled = HEADER_BYTES;
    this.#remaining = bytes.readUInt32BE(at + 4);
    if (this.#remaining === 0) this.#endFrame();
  }

  #collectFailure(data: Buffer): void {
    if (this.#failureLength < FAILURE_TEXT_LIMIT) this.#failureText.push(Buffer.from(data));
    this.#failureLength += data.length;
  }

  #endFrame(): void {
    this.#headerFilled = 0;
    if (this.#type !== ENGINE_FAILURE) return;
    const text = Buffer.concat(this.#failureText).subarray(0, FAILURE_TEXT_LIMIT).toString("utf8").trim();
    throw new StreamError(`${this.#operation} failed after it began: ${text || "(no message)"}`);
  }
}

/** Output without frames, as from a terminal: all of it is stdout. */
export const rawDecoder: Decoder<LogChunk> = {
  decode: (data, emit) => emit({ stream: "stdout", data }),
  end: () => undefined,
};
