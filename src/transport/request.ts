import { headerProblem, isHeaderName } from "../arguments.js";
import { ArgumentError } from "../errors.js";

/** A request body: bytes, whose length is known, or a stream. */
export type RequestBody = Uint8Array | AsyncIterable<Uint8Array>;

/** Headers by name; an array is sent as several lines. */
export type RequestHeaders = Readonly<Record<string, string | string[]>>;

/** What a `timeout` covers: the head of the answer, or its body too. */
export type TimeoutCovers = "head" | "answer";

/** What openapi-fetch passes to the request class along with the URL. */
export interface EngineRequestInit {
  readonly method: string;
  /** null omits a header. Not named `headers`, from which openapi-fetch would build a Headers object. */
  readonly requestHeaders: Readonly<Record<string, string | string[] | null>>;
  readonly body?: RequestBody | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Limit for the answer in milliseconds; see `timeoutCovers`. */
  readonly timeout?: number | undefined;
  /** "answer" by default. Bodies of anything but a success are covered either way. */
  readonly timeoutCovers?: TimeoutCovers | undefined;
  /** Maximum milliseconds between two pieces of the answer's body, or of an upgraded connection's output. */
  readonly idleTimeout?: number | undefined;
  /** Named in errors. */
  readonly operation: string;
}

/** A request to the Engine. It replaces the platform's Request, which costs more to create than the rest of a call. */
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
    for (const name in init.requestHeaders) this.#set(name, init.requestHeaders[name] ?? null);
  }

  get headers(): RequestHeaders {
    return this.#headers;
  }

  /**
   * Sets or replaces a header, ignoring case; null removes it.
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
      throw new ArgumentError(`${this.operation}: omit the header ${name}; it is derived from the body.`);
    }
    this.#headers[name] = value;
  }
}

/** With a wrong value, the Engine would take part of the body for the next request on a kept connection. */
const FRAMING = /^(?:content-length|transfer-encoding)$/i;
