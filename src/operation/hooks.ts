import type { Middleware } from "openapi-fetch";
import { waitWithin } from "../abort.js";
import { reading } from "../arguments.js";
import { ArgumentError, type DockerError } from "../errors.js";
import { isSecretHeader, redactUrl } from "../secrets.js";
import { type EngineRequest, type EngineResponse, overhear } from "../transport/index.js";

/** A request about to be sent. */
export interface RequestInfo {
  /** The operationId, such as "ContainerStart". */
  readonly operation: string;
  /** HTTP method. */
  readonly method: string;
  /** Path and query, with the API version; possible secrets are masked. */
  readonly path: string;
  /** The headers, with names in lower case; possible secrets read "***". */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request whose headers a hook may still change. */
export interface OutgoingRequest extends RequestInfo {
  /** Sets a header; null removes it. */
  setHeader(name: string, value: string | null): void;
}

/** The head of an answer. */
export interface ResponseInfo extends RequestInfo {
  /** HTTP status, also of failures. */
  readonly status: number;
  /** The answer's headers. */
  readonly responseHeaders: Headers;
  /** Milliseconds from the request to the start of the answer. */
  readonly duration: number;
  /**
   * Observes the answer's body without changing how it is read. Upgraded connections are not observed.
   *
   * @param listener `data` receives each piece when its reader does; `end` is called when all of it has been read
   */
  overhear(listener: { data?(piece: Buffer): void; end?(): void }): void;
}

/** A request that got no answer. */
export interface ErrorInfo extends RequestInfo {
  /** Why the request failed. */
  readonly error: DockerError;
  /** Milliseconds from the request to the failure. */
  readonly duration: number;
}

/**
 * Functions that see every request of a client: for tracing, logging or custom headers. An error that one throws fails the call.
 *
 * @example
 * docker.use({
 *   onRequest: (request) => request.setHeader("Traceparent", currentSpan()),
 *   onResponse: ({ operation, status, duration }) => console.log(operation, status, `${duration.toFixed()} ms`),
 * });
 */
export interface Hook {
  /** Called before a request is sent, and again when it is repeated for an older Engine. */
  onRequest?(request: OutgoingRequest): void | Promise<void>;
  /** Called when an answer begins, whatever its status. */
  onResponse?(response: ResponseInfo): void | Promise<void>;
  /** Called when a request got no answer: no connection, a timeout, or an abort. */
  onError?(failure: ErrorInfo): void | Promise<void>;
}

const NAMES = ["onRequest", "onResponse", "onError"];

/** Wraps a hook as openapi-fetch middleware. @throws {ArgumentError} it is not a hook */
export function middlewareOf(hook: Hook): Middleware {
  checkHook(hook);
  const begun = new WeakMap<object, number>();
  const since = (request: object): number => performance.now() - (begun.get(request) ?? Number.NaN);
  return {
    async onRequest({ request }) {
      begun.set(request, performance.now());
      const engineRequest = request as unknown as EngineRequest;
      await withinLimits(engineRequest, hook.onRequest?.(outgoing(engineRequest)));
      return undefined;
    },
    async onResponse({ request, response }) {
      const duration = since(request);
      const answer = response as unknown as EngineResponse;
      try {
        const engineRequest = request as unknown as EngineRequest;
        const info = { ...infoOf(engineRequest), ...answered(answer), duration };
        await withinLimits(engineRequest, hook.onResponse?.(info));
      } catch (error) {
        // The call fails with it, so nobody will read the answer.
        answer.body.destroy();
        throw error;
      }
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

/** Waits for a hook, but no longer than its call may take. */
function withinLimits({ settings }: EngineRequest, hooked: void | Promise<void>): void | Promise<void> {
  const { signal, timeout, timeLeft, operation } = settings;
  if (!(hooked instanceof Promise) || (signal === undefined && timeout === undefined)) return hooked;
  return waitWithin(hooked, { signal, timeout: timeLeft ?? timeout }, operation);
}

function checkHook(hook: unknown): asserts hook is Hook {
  const entries = reading("use", () => Object.entries(Object(hook)));
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
    overhear: (listener: Parameters<ResponseInfo["overhear"]>[0]) => overhearBody(response, listener),
  };
}

function overhearBody(
  { body, upgraded }: EngineResponse,
  { data, end }: Parameters<ResponseInfo["overhear"]>[0],
): void {
  if (upgraded) return;
  overhear(body, (event, piece) => {
    if (event === "data") data?.(piece as Buffer);
    if (event === "end") end?.();
  });
}
