import { headerProblem, isHeaderName } from "../arguments.js";
import { ArgumentError } from "../errors.js";

/** A body that can be sent: bytes at once, whose length is known, or a stream. */
export type RequestBody = Uint8Array | AsyncIterable<Uint8Array>;

/** Headers by name; several values are sent as several lines. */
export type RequestHeaders = Readonly<Record<string, string | string[]>>;

/** How far a `timeout` reaches: to the head of the answer, or to the end of its body. */
export type TimeoutCovers = "head" | "answer";

/** What openapi-fetch hands to the request class, beside its URL. */
export interface EngineRequestInit {
  readonly method: string;
  /** null leaves a header out. Not named `headers`, of which openapi-fetch would build a Headers object. */
  readonly wireHeaders: Readonly<Record<string, string | string[] | null>>;
  readonly body?: RequestBody | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds the answer may take; see `timeoutCovers`. */
  readonly timeout?: number | undefined;
  /** "answer" by default. The body of what is no success is covered either way. */
  readonly timeoutCovers?: TimeoutCovers | undefined;
  /** Milliseconds that may pass between two pieces of the answer's body, or of an upgraded connection's output. */
  readonly idleTimeout?: number | undefined;
  /** Named in errors. */
  readonly operation: string;
}

/** A request to the Engine, in place of the platform's Request, which costs more to make than the rest of a call. */
export class EngineRequest {
  readonly url: string;
  readonly method: string;
  readonly body: RequestBody | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number | undefined;
  readonly timeoutCovers: TimeoutCovers;
  readonly idleTimeout: number | undefined;
  readonly operation: string;

  readonly #headers: Record<string, string | string[]> = {};

  /** @throws {ArgumentError} a header contradicts how the body is sent */
  constructor(url: string, init: EngineRequestInit) {
    this.url = url;
    this.method = init.method;
    this.body = init.body;
    this.signal = init.signal;
    this.timeout = init.timeout;
    this.timeoutCovers = init.timeoutCovers ?? "answer";
    this.idleTimeout = init.idleTimeout;
    this.operation = init.operation;
    for (const name in init.wireHeaders) this.#set(name, init.wireHeaders[name] ?? null);
  }

  get headers(): RequestHeaders {
    return this.#headers;
  }

  /**
   * Sets a header in place of one of the same name, in whatever case; null removes it.
   *
   * @throws {ArgumentError} HTTP does not allow it, or it contradicts how the body is sent
   */
  setHeader(name: string, value: string | null): void {
    const problem = headerProblem(name, value ?? "");
    if (problem !== undefined) {
      const header = isHeaderName(name) ? `the header ${name}` : "a header";
      throw new ArgumentError(`${this.operation}: ${header} that a hook sets ${problem}`);
    }
    const same = Object.keys(this.#headers).find((known) => known.toLowerCase() === name.toLowerCase());
    if (same !== undefined) delete this.#headers[same];
    this.#set(name, value);
  }

  #set(name: string, value: string | string[] | null): void {
    if (value === null) return;
    if (FRAMING.test(name)) {
      throw new ArgumentError(
        `${this.operation}: leave out the header ${name}; it is derived from the body.`,
      );
    }
    this.#headers[name] = value;
  }
}

/** A wrong value would make the Engine take a part of the body for the next request on a kept connection. */
const FRAMING = /^(?:content-length|transfer-encoding)$/i;
