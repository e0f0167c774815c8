import type { Middleware } from "openapi-fetch";
import { ArgumentError, type DockerError } from "../errors.js";
import { isSecretHeader, redactUrl } from "../secrets.js";
import type { EngineRequest, EngineResponse } from "../transport/index.js";

/** A request that is about to be sent. */
export interface RequestInfo {
  /** The operationId, such as "ContainerStart". */
  readonly operation: string;
  /** HTTP method. */
  readonly method: string;
  /** Path and query, with the API version; values that may be secrets are left out. */
  readonly path: string;
  /** The headers, names in lower case; values that may be secrets read "***". */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request that a hook may still change. */
export interface OutgoingRequest extends RequestInfo {
  /** Sets a header; null removes it. */
  setHeader(name: string, value: string | null): void;
}

/** The beginning of an answer. */
export interface ResponseInfo extends RequestInfo {
  /** HTTP status, of a failure too. */
  readonly status: number;
  /** The answer's headers. */
  readonly responseHeaders: Headers;
  /** Milliseconds from the request to the beginning of the answer. */
  readonly duration: number;
  /**
   * Overhears the answer's body without changing how it is read. It tells nothing of upgraded connections.
   *
   * @param listener `data` gets each piece as its reader gets it; `end` is called once all of it was read
   */
  overhear(listener: { data?(piece: Buffer): void; end?(): void }): void;
}

/** A request that got no answer. */
export interface ErrorInfo extends RequestInfo {
  readonly error: DockerError;
  /** Milliseconds from the request to the failure. */
  readonly duration: number;
}

/**
 * Functions that hear of every request of a client: for tracing, logging or headers of one's own. An error that one of them
 * throws fails the call.
 *
 * @example
 * docker.use({
 *   onRequest: (request) => request.setHeader("Traceparent", currentSpan()),
 *   onResponse: ({ operation, status, duration }) => console.log(operation, status, `${duration.toFixed()} ms`),
 * });
 */
export interface Hook {
  /** Called before a request is sent, also when it is repeated for an Engine of an older API version. */
  onRequest?(request: OutgoingRequest): void | Promise<void>;
  /** Called when an answer has begun, whatever its status. */
  onResponse?(response: ResponseInfo): void | Promise<void>;
  /** Called when a request got no answer: no connection, no time, or aborted. */
  onError?(failure: ErrorInfo): void | Promise<void>;
}

const NAMES = ["onRequest", "onResponse", "onError"];

/** A hook as openapi-fetch's middleware. @throws {ArgumentError} it is none */
export function middlewareOf(hook: Hook): Middleware {
  checkHook(hook);
  const begun = new WeakMap<object, number>();
  const since = (request: object): number => performance.now() - (begun.get(request) ?? Number.NaN);
  return {
    async onRequest({ request }) {
      begun.set(request, performance.now());
      await hook.onRequest?.(outgoing(request as unknown as EngineRequest));
      return undefined;
    },
    async onResponse({ request, response }) {
      const duration = since(request);
      await hook.onResponse?.({
        ...infoOf(request as unknown as EngineRequest),
        ...answered(response as unknown as EngineResponse),
        duration,
      });
      return undefined;
    },
    async onError({ request, error }) {
      const duration = since(request);
      await hook.onError?.({
        ...infoOf(request as unknown as EngineRequest),
        error: error as DockerError,
        duration,
      });
      return undefined;
    },
  };
}

function checkHook(hook: unknown): asserts hook is Hook {
  const entries = Object.entries(Object(hook));
  const isSound = entries.every(([name, value]) => NAMES.includes(name) && typeof value === "function");
  if (isSound && entries.length > 0) return;
  throw new ArgumentError(
    `use: a hook must have one or more of the functions ${NAMES.join(", ")}, and nothing else`,
  );
}

function infoOf({ operation, method, url, headers }: EngineRequest): RequestInfo {
  const shown = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    isSecretHeader(name) ? "***" : [value].flat().join(", "),
  ]);
  return { operation, method, path: redactUrl(url), headers: Object.fromEntries(shown) };
}

function outgoing(request: EngineRequest): OutgoingRequest {
  return { ...infoOf(request), setHeader: (name, value) => request.setHeader(name, value) };
}

function answered(response: EngineResponse) {
  return {
    status: response.status,
    responseHeaders: response.allHeaders,
    overhear: (listener: Parameters<ResponseInfo["overhear"]>[0]) => overhear(response, listener),
  };
}

/** A stream emits each piece that anyone reads, by whatever means; a listener of our own would make it flow. */
function overhear(
  { body, upgraded }: EngineResponse,
  { data, end }: Parameters<ResponseInfo["overhear"]>[0],
): void {
  if (upgraded) return;
  const { emit } = body;
  body.emit = (name: string | symbol, ...args: unknown[]): boolean => {
    if (name === "data") data?.(args[0] as Buffer);
    if (name === "end") end?.();
    return emit.call(body, name, ...args);
  };
}
