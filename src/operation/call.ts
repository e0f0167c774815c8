import type { Result } from "./result.js";

/** Performs an operation, and calls `begun` when a successful answer has begun. */
type Run<T> = (begun: () => void) => Promise<Result<T>>;

/**
 * An operation in progress. Awaiting it returns the data or throws a {@link DockerError}; {@link Call.result} returns
 * either as a value.
 *
 * @example
 * const image = await docker.imageInspect("alpine"); // the data, or throws
 * const result = await docker.imageInspect("alpine").result(); // { ok: true, data } or { ok: false, error }
 */
export class Call<T> implements Promise<T> {
  readonly [Symbol.toStringTag] = "Call";
  readonly #outcome: Promise<Result<T>>;
  readonly #data: Promise<T>;
  readonly #onBegun: (() => void)[] = [];
  #hasBegun = false;

  /** Created by a client's operations. */
  constructor(run: Run<T>) {
    this.#outcome = run(() => this.#begin());
    this.#data = this.#outcome.then(dataOf<T>);
  }

  /** Waits for the data. @throws {DockerError} the call failed */
  // biome-ignore lint/suspicious/noThenProperty: a call is awaited like any promise
  then<A = T, B = never>(
    onData?: ((data: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#data.then(onData, onError);
  }

  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#data.catch(onError);
  }

  finally(onSettled?: (() => void) | null): Promise<T> {
    return this.#data.finally(onSettled);
  }

  /**
   * The outcome as a value; check `ok`.
   *
   * @returns `{ ok: true, status, headers, data }`, or `{ ok: false, error }`, with `status` and `headers` if the Engine answered
   * @throws {ArgumentError} an argument is invalid; nothing else is thrown
   * @example
   * const result = await docker.containerInspect("web").result();
   * if (result.ok) console.log(result.data.State);
   * else if (isEngineError(result.error, 404)) console.log("no such container");
   */
  result(): Promise<Result<T>> {
    this.#heard();
    return this.#outcome.then((result) => result);
  }

  /**
   * Resolves when a successful answer has begun: the Engine is working on it, though the result may come much later.
   * Use it to be sure that a wait is in place before its container starts.
   *
   * @throws {DockerError} the call failed before that
   * @example
   * const exit = docker.containerWait("job", { condition: "next-exit" });
   * await exit.begun();
   * await docker.containerStart("job");
   * const { StatusCode } = await exit;
   */
  begun(): Promise<void> {
    this.#heard();
    if (this.#hasBegun) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#onBegun.push(resolve);
      this.#data.then(() => resolve(), reject);
    });
  }

  #begin(): void {
    this.#hasBegun = true;
    for (const tell of this.#onBegun.splice(0)) tell();
  }

  /** Someone handles the outcome, so a failure that is not awaited as well must not end the process. */
  #heard(): void {
    this.#data.catch(() => undefined);
  }
}

function dataOf<T>(result: Result<T>): T {
  if (result.ok) return result.data;
  throw result.error;
}

/**
 * A call whose data is a stream. Iterating the call reads the stream; leaving the loop closes the connection.
 *
 * @example
 * for await (const event of docker.systemEvents()) console.log(event.Type, event.Action);
 */
export class StreamCall<S extends AsyncIterable<V>, V> extends Call<S> implements AsyncIterable<V> {
  [Symbol.asyncIterator](): AsyncIterator<V, void, undefined> {
    let values: AsyncIterator<V, void, undefined> | undefined;
    let opening: Promise<AsyncIterator<V, void, undefined>> | undefined;
    const open = () => {
      opening ??= this.then((stream) => stream[Symbol.asyncIterator]());
      return opening;
    };
    const first = (opened: AsyncIterator<V, void, undefined>) => {
      values = opened;
      return opened.next();
    };
    return {
      // Directly, once the stream is open: a promise more per value would cost as much as the value.
      next: () => values?.next() ?? open().then(first),
      // Before the first value too: the connection may be open already, or opening.
      return: async () => {
        await (await open()).return?.();
        return { done: true, value: undefined };
      },
    };
  }
}

/** Where a method of the client was called. Stacks of later errors begin there instead of inside this package. */
export class CallSite {
  /** Filled in by the runtime on first read; cheap until then. */
  readonly stack?: string;
  readonly #skipped: number;

  /**
   * @param callee the method called, or a function that it calls
   * @param skipped the number of frames between the two
   */
  constructor(callee: (...args: never[]) => unknown, skipped = 0) {
    Error.captureStackTrace?.(this, callee);
    this.#skipped = skipped;
  }

  /** Claims the error if a promise rejects. */
  async trace<T>(outcome: Promise<T>): Promise<T> {
    try {
      return await outcome;
    } catch (error) {
      this.claim(error);
      throw error;
    }
  }

  /** Makes an error's stack begin at this site. */
  claim(error: unknown): void {
    if (!(error instanceof Error)) return;
    // The first line is this object's name.
    const frames = this.stack?.split("\n").slice(1 + this.#skipped);
    if (frames?.length) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  }
}
