import type { DockerError } from "../errors.js";

/** A successful answer. */
export interface Success<T> {
  readonly ok: true;
  /** HTTP status; a 304 of start or stop is a success too. */
  readonly status: number;
  readonly headers: Headers;
  readonly data: T;
}

/** A failure; has `status` and `headers` if the Engine answered. */
export interface Failure {
  readonly ok: false;
  readonly status?: number;
  readonly headers?: Headers;
  readonly error: DockerError;
}

/** Outcome of an operation as a value; check `ok`. */
export type Result<T> = Success<T> | Failure;
