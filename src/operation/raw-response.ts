import { type Duplex, PassThrough, pipeline, type Readable } from "node:stream";
import { checkOptions, type Rules } from "../arguments.js";
import { ArgumentError } from "../errors.js";
import {
  BodyStream,
  type Decoder,
  JsonStream,
  readJsonBody,
  readTextBody,
  readWholeBody,
} from "../streams/index.js";
import type { EngineResponse } from "../transport/index.js";

/** How much of an answer to read at once. */
export interface AnswerLimit {
  /** Maximum bytes; the longest possible string, about 512 MiB, by default. */
  readonly limit?: number | undefined;
}

const LIMIT_RULES: Rules<AnswerLimit> = {
  limit: { must: "a positive integer", check: (value) => Number.isInteger(value) && (value as number) > 0 },
};

/** Answers up to this size free their connection whether or not anyone reads them. */
const AHEAD = 256 * 1024;

/** Bytes as they come. */
const bytesDecoder: Decoder<Buffer> = { decode: (chunk, emit) => emit(chunk), end: () => undefined };

/** Closes the connections of answers that nobody has begun to read and nobody holds any longer. */
const forgotten = new FinalizationRegistry<Readable>((body) => body.destroy());

/**
 * The answer to `docker.request`: an async iterable of Buffers that can be consumed once, in one of the ways below.
 *
 * A body of up to 256 KiB is read ahead, so its connection serves the next call whether or not you read it. A longer one
 * keeps its connection until you have read it, leave the loop, or call `cancel()`, which `await using` does too. If you
 * drop the answer without reading it, the connection is closed when the answer is garbage collected.
 *
 * @example
 * const answer = await docker.request({ path: "/libpod/pods/json", versioned: false });
 * for (const { Name } of await answer.json<{ Name: string }[]>()) console.log(Name);
 */
export class RawResponse extends BodyStream<Buffer> {
  /** HTTP status: below 400, since anything else is an EngineError. A redirection is not followed. */
  readonly status: number;
  readonly #response: EngineResponse;
  readonly #wantsUpgrade: boolean;
  #duplex: Duplex | undefined;

  /** Created by `docker.request`; `wantsUpgrade` tells whether that asked for a two-way connection. */
  constructor(response: EngineResponse, operation: string, wantsUpgrade: boolean) {
    super(response.upgraded ? response.body : readingAhead(response.body), operation);
    this.status = response.status;
    this.#response = response;
    this.#wantsUpgrade = wantsUpgrade;
    forgotten.register(this, this.body, this);
  }

  /** The answer's headers. */
  get headers(): Headers {
    return this.#response.allHeaders;
  }

  /** Whether the Engine has turned the connection into a two-way stream, as `upgrade` asks for. */
  get upgraded(): boolean {
    return this.#response.upgraded;
  }

  /**
   * The two-way connection of an upgraded answer. It is yours from now on: end or destroy it.
   *
   * @throws {ConnectionError} an intermediary dropped the upgrade
   * @throws {ArgumentError} the request did not ask for it
   * @throws {StreamError} the answer was already consumed
   */
  get duplex(): Duplex {
    if (!this.#wantsUpgrade) {
      throw new ArgumentError(
        `${this.operation}: for a two-way connection, write upgrade: true in the request`,
      );
    }
    if (!this.#duplex) {
      this.#taken();
      this.#duplex = this.#response.connection;
    }
    return this.#duplex;
  }

  /**
   * The body as JSON; integers beyond 2^53 are exact bigints.
   *
   * @param options `limit`: maximum bytes
   * @throws {StreamError} it is empty, cut off, longer than the limit, not JSON, or a failure that Podman wrote in it
   */
  async json<T = unknown>(options?: AnswerLimit): Promise<T> {
    return (await this.#all(readJsonBody, options)) as T;
  }

  /** The body as text, read as UTF-8. @throws {StreamError} it is cut off, or longer than the limit */
  async text(options?: AnswerLimit): Promise<string> {
    return this.#all(readTextBody, options);
  }

  /** The body as bytes. @throws {StreamError} it is cut off, or longer than the limit */
  async bytes(options?: AnswerLimit): Promise<Buffer> {
    return this.#all(readWholeBody, options);
  }

  /** The values of a body of JSON lines, such as events, as they arrive. */
  records<T = unknown>(): JsonStream<T> {
    this.#taken();
    return new JsonStream<T>(this.body, this.operation);
  }

  /** The body as a Node stream; destroying it closes the connection. */
  toNode(): Readable {
    this.#taken();
    return this.body;
  }

  /** @internal */
  protected override decoder(): Decoder<Buffer> {
    forgotten.unregister(this);
    return bytesDecoder;
  }

  #taken(): void {
    forgotten.unregister(this);
    this.take();
  }

  #all<T>(
    read: (body: Readable, operation: string, limit?: number) => Promise<T>,
    options: AnswerLimit | undefined,
  ): Promise<T> {
    const { limit } = checkOptions(options, LIMIT_RULES, { where: this.operation });
    this.#taken();
    return read(this.body, this.operation, limit);
  }
}

/** A body whose first part is read at once, and the rest at its reader's pace. */
function readingAhead(body: Readable): Readable {
  const ahead = new PassThrough({ highWaterMark: AHEAD });
  // So that unref() reaches the connection.
  Object.defineProperty(ahead, "socket", { get: () => (body as { socket?: unknown }).socket });
  // Whatever ends one of the two ends the other.
  pipeline(body, ahead, () => undefined);
  return ahead;
}
