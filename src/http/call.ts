import type { Result } from "./result.js";

/**
 * An operation under way. Awaiting it gives its {@link Result}, which never throws for an answer; it rejects only
 * with an ArgumentError, when nothing could be sent.
 *
 * @example
 * const result = await docker.imageInspect("alpine");       // { ok: true, data } or { ok: false, error }
 * const image = await docker.imageInspect("alpine").unwrap(); // the data, or the error thrown
 */
export class Call<T, R extends Result<T> = Result<T>> extends Promise<R> {
  /** What then() and catch() return are plain promises: they are no longer a call. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** A call of what an async function does. */
  static of<T, R extends Result<T> = Result<T>>(run: () => Promise<R>): Call<T, R> {
    return new Call<T, R>((resolve) => resolve(run()));
  }

  /** The data of a success. @throws {DockerError} the error of a failure */
  async unwrap(): Promise<T> {
    const result: Result<T> = await this;
    if (result.ok) return result.data;
    throw result.error;
  }
}
