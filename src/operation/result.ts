import type { DockerError } from "../errors.js";

/** A successful answer. */
export interface Success<T> {
  readonly ok: true;
  /** HTTP status; 304 of start and stop is a success too. */
  readonly status: number;
  readonly headers: Headers;
  readonly data: T;
}

/** A failure; `status` and `headers` are there if the Engine answered. */
export interface Failure {
  readonly ok: false;
  readonly status?: number;
  readonly headers?: Headers;
  readonly error: DockerError;
}

/** What an operation gives: never thrown, to be told apart by `ok`. */
export type Result<T> = Success<T> | Failure;
