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

  #hasBegun = false;
  readonly #onBegun: (() => void)[] = [];

  /** A call of what an async function does; it may tell when a successful answer has begun. */
  static of<T, R extends Result<T> = Result<T>>(run: (begun: () => void) => Promise<R>): Call<T, R> {
    const call: Call<T, R> = new Call<T, R>((resolve) => resolve(run(() => call.#begin())));
    return call;
  }

  /**
   * Resolves when a successful answer has begun: the Engine is at work, though the result may come much later. So a wait
   * is known to be in place before its container is started.
   *
   * @throws {DockerError} the error of a failure
   * @example
   * const exit = docker.containerWait("job", { condition: "next-exit" });
   * await exit.begun();
   * await docker.containerStart("job").unwrap();
   * const { StatusCode } = await exit.unwrap();
   */
  begun(): Promise<void> {
    if (this.#hasBegun) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#onBegun.push(resolve);
      this.then((result) => (result.ok ? resolve() : reject(result.error)), reject);
    });
  }

  #begin(): void {
    this.#hasBegun = true;
    for (const tell of this.#onBegun.splice(0)) tell();
  }

  /** The data of a success. @throws {DockerError} the error of a failure */
  async unwrap(): Promise<T> {
    const result: Result<T> = await this;
    if (result.ok) return result.data;
    throw result.error;
  }
}
