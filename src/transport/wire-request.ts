/** A body that can be sent: bytes at once, whose length is known, or as a stream. */
export type WireBody = Uint8Array | AsyncIterable<Uint8Array>;

/** Headers by name; several values are sent as several lines. */
export type WireHeaders = Readonly<Record<string, string | string[]>>;

/** What openapi-fetch hands to the request class, beside its URL. */
export interface WireRequestInit {
  readonly method: string;
  /** null leaves a header out. Not openapi-fetch's own, which would be built into a Headers object on the way. */
  readonly wireHeaders: Readonly<Record<string, string | string[] | null>>;
  readonly body?: WireBody | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for the answer's headers. */
  readonly timeout?: number | undefined;
  /** Named in errors. */
  readonly operation: string;
}

/**
 * What is sent, in place of the platform's Request, which costs more to make than the rest of a call. It has what
 * openapi-fetch and the transport read of one.
 */
export class WireRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: WireHeaders;
  readonly body: WireBody | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeout: number | undefined;
  readonly operation: string;

  constructor(url: string, init: WireRequestInit) {
    this.url = url;
    this.method = init.method;
    this.headers = withoutNull(init.wireHeaders);
    this.body = init.body;
    this.signal = init.signal;
    this.timeout = init.timeout;
    this.operation = init.operation;
  }
}

function withoutNull(headers: WireRequestInit["wireHeaders"]): WireHeaders {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== null) kept[name] = value;
  return kept;
}
