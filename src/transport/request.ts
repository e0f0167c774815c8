import { headerProblem, isHeaderName } from "../arguments.js";
import { ArgumentError } from "../errors.js";
import { shownName } from "../quote.js";

/** A request body: bytes, whose length is known, or a stream. */
export type RequestBody = Uint8Array | AsyncIterable<Uint8Array>;

/** Headers by name; an array is sent as several lines. */
export type RequestHeaders = Readonly<Record<string, string | string[]>>;

/** Headers by name; null omits one. */
export type HeaderMap = Readonly<Record<string, string | string[] | null>>;

/**
 * Merges headers. Names are case-insensitive, and later ones win; in the first map no name may occur twice. Without other
 * maps, the first is the result, since most calls add none.
 */
export function mergeHeaders(first: HeaderMap, ...others: readonly (HeaderMap | undefined)[]): HeaderMap {
  let merged: Record<string, string | string[] | null> | undefined;
  for (const source of others) {
    for (const name in source) {
      merged ??= { ...first };
      removeHeader(merged, name);
      merged[name] = source[name] as HeaderMap[string];
    }
  }
  return merged ?? first;
}

/** Removes a header, whatever the case of its name. */
function removeHeader(headers: Record<string, unknown>, name: string): void {
  const lower = name.toLowerCase();
  for (const known in headers) if (known.toLowerCase() === lower) delete headers[known];
}

/** Everything a request needs besides its method, path and body. */
export interface RequestSettings {
  /** Named in errors. */
  readonly operation: string;
  readonly headers: HeaderMap;
  readonly signal?: AbortSignal | undefined;
  /** Fires once nobody waits for the answer. */
  readonly abandoned?: AbortSignal | undefined;
  /** Limit for the answer in milliseconds; for a stream, only for its head. */
  readonly timeout?: number | undefined;
  /** The rest of it, if earlier requests of the call have used some. */
  readonly timeLeft?: number | undefined;
  /** Whether a success is a stream, which may be long; anything else is read whole. */
  readonly isStream?: boolean | undefined;
  /** Maximum milliseconds between two pieces of the answer's body, or of an upgraded connection's output. */
  readonly idleTimeout?: number | undefined;
}

/** Options that openapi-fetch passes to the request class along with the URL. */
export interface EngineRequestInit {
  readonly method: string;
  readonly body?: RequestBody | undefined;
  readonly settings: RequestSettings;
}

/** A request to the Engine. It replaces the platform's Request, which costs more to create than the rest of a call. */
export class EngineRequest {
  readonly url: string;
  readonly method: string;
  readonly body: RequestBody | undefined;
  readonly settings: RequestSettings;
  /** Hears each piece of a body given as a stream. */
  onSent: ((piece: Buffer | string) => void) | undefined;
  readonly #headers: Record<string, string | string[]> = {};

  /** @throws {ArgumentError} a header contradicts how the body is sent */
  constructor(url: string, { method, body, settings }: EngineRequestInit) {
    this.url = url;
    this.method = method;
    this.body = body;
    this.settings = settings;
    const { headers } = settings;
    for (const name in headers) {
      const value = headers[name];
      if (value === null) continue;
      if (FRAMING.test(name)) {
        throw new ArgumentError(
          `${settings.operation}: omit the header ${name}; it is derived from the body`,
        );
      }
      this.#headers[name] = value as string | string[];
    }
  }

  get operation(): string {
    return this.settings.operation;
  }

  get headers(): RequestHeaders {
    return this.#headers;
  }

  /**
   * Sets or replaces a header, ignoring case; null removes it.
   *
   * @throws {ArgumentError} HTTP does not allow it, or the client sets it itself
   */
  setHeader(name: string, value: string | null): void {
    const problem = headerProblem(name, value ?? "");
    if (problem !== undefined) {
      const header = isHeaderName(name) ? `the header ${shownName(name)}` : "a header";
      throw new ArgumentError(`${this.operation}: ${header} that a hook sets ${problem}`);
    }
    removeHeader(this.#headers, name);
    if (value !== null) this.#headers[name] = value;
  }
}

/** With a wrong value, the Engine would take part of the body for the next request on a kept connection. */
const FRAMING = /^(?:content-length|transfer-encoding)$/i;
