import type { Operation } from "#generated/operations.js";
import type { DockerError } from "../errors.js";
import type { EngineResponse } from "../transport/index.js";

/** A successful answer. */
export interface Success<T> {
  /** Tells a success from a failure. */
  readonly ok: true;
  /** HTTP status; a 304 of start or stop is a success too. */
  readonly status: number;
  /** The answer's headers. */
  readonly headers: Headers;
  /** The value that awaiting the call gives. */
  readonly data: T;
}

/** A failure; has `status` and `headers` if the Engine answered. */
export interface Failure {
  /** Tells a failure from a success. */
  readonly ok: false;
  /** HTTP status, if the Engine answered. */
  readonly status?: number;
  /** The answer's headers, if the Engine answered. */
  readonly headers?: Headers;
  /** The error that awaiting the call throws. */
  readonly error: DockerError;
}

/** Outcome of an operation as a value; check `ok`. */
export type Result<T> = Success<T> | Failure;

// V8 turns an object literal with a getter into a hash table, which costs more than all other garbage of a call. A class
// would show in comparisons and logs.
const RESPONSE = Symbol("response");
const HEADERS = {
  enumerable: true,
  configurable: true,
  get(this: { readonly [RESPONSE]: EngineResponse }): Headers {
    return this[RESPONSE].allHeaders;
  },
};

/** A successful answer and the data read from it. */
export interface Answered {
  readonly ok: true;
  readonly data: unknown;
  readonly response: EngineResponse;
}

/** The value that a call's `result()` resolves with. */
export const resultOf = (outcome: Answered | Failure): Result<unknown> =>
  outcome.ok ? success(outcome.response, outcome.data) : outcome;

/** The result of a success; its headers are built on demand, since few callers read them. */
export function success(response: EngineResponse, data: unknown): Success<unknown> {
  const result = { ok: true, status: response.status, data };
  Object.defineProperty(result, RESPONSE, { value: response });
  return Object.defineProperty(result, "headers", HEADERS) as Success<unknown>;
}

/** A failure, before or after the Engine answered. */
export function failure(error: DockerError, response: EngineResponse | undefined): Failure {
  if (!response) return { ok: false, error };
  return { ok: false, status: response.status, headers: response.allHeaders, error };
}

/** Whether a status is any 2xx, or declared a success, such as the 304 of a container that is already running. */
export function isSuccess({ successes }: Operation, { status }: EngineResponse): boolean {
  return (status >= 200 && status < 300) || successes.includes(status);
}
