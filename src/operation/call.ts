import { isDockerError } from "../errors.js";
import type { Failure, Result } from "./result.js";

/** How an operation ended, for both awaiting the call and its result. */
export type Outcome<T> = { readonly ok: true; readonly data: T } | Failure;

/** Performs an operation, and calls `begun` when a successful answer has begun. */
type Run<T> = (begun: () => void) => Promise<Outcome<T>>;

/** Makes an outcome a result. Most callers want only the data, and the rest of a result takes time. */
type ToResult<T> = (outcome: Outcome<unknown>) => Result<T>;

/**
 * An operation in progress. Awaiting it returns the data or throws a {@link DockerError}; {@link Call.result} returns
 * either as a value.
 *
 * @example
 * const image = await docker.imageInspect("alpine"); // the data, or throws
 * const result = await docker.imageInspect("alpine").result(); // { ok: true, data } or { ok: false, error }
 */
export class Call<T> implements Promise<T> {
  /** Shown by `Object.prototype.toString`. */
  readonly [Symbol.toStringTag] = "Call";
  readonly #outcome: Promise<Outcome<T>>;
  readonly #data: Promise<T>;
  readonly #toResult: ToResult<T>;
  #result: Promise<Result<T>> | undefined;
  #onBegun: readonly (() => void)[] = NONE;
  #hasBegun = false;

  /** Created by a client's operations. By default, `run` resolves with the result. */
  constructor(run: Run<T>, toResult: ToResult<T> = (outcome) => outcome as Result<T>) {
    this.#toResult = toResult;
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
   * @throws {ArgumentError} an argument is invalid, or a body given as a stream fails
   * @throws whatever a hook of `docker.use` throws
   * @example
   * const result = await docker.containerInspect("web").result();
   * if (result.ok) console.log(result.data.State);
   * else if (isEngineError(result.error, 404)) console.log("no such container");
   */
  result(): Promise<Result<T>> {
    this.#heard();
    this.#result ??= this.#outcome.then(this.#toResult);
    return this.#result;
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
      this.#onBegun = [...this.#onBegun, resolve];
      this.#data.then(() => resolve(), reject);
    });
  }

  #begin(): void {
    this.#hasBegun = true;
    for (const tell of this.#onBegun) tell();
    this.#onBegun = NONE;
  }

  /** Someone handles the outcome, so a failure must not end the process even if the call is not awaited too. */
  #heard(): void {
    this.#data.catch(() => undefined);
  }
}

const NONE: readonly never[] = [];
const DONE: IteratorReturnResult<void> = { done: true, value: undefined };

function dataOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.data;
  throw outcome.error;
}

/**
 * A call whose data is a stream. Iterating the call reads the stream; leaving the loop closes the connection.
 *
 * @example
 * for await (const event of docker.systemEvents()) console.log(event.Type, event.Action);
 */
export class StreamCall<S extends AsyncIterable<V>, V> extends Call<S> implements AsyncIterable<V> {
  readonly #abandoned: AbortController;

  /** Created by a client's operations. `abandoned` fires when an iteration is left before the answer has begun. */
  constructor(
    run: (begun: () => void, abandoned: AbortSignal) => Promise<Outcome<S>>,
    toResult?: ToResult<S>,
  ) {
    const abandoned = new AbortController();
    super((begun) => run(begun, abandoned.signal), toResult);
    this.#abandoned = abandoned;
  }

  /** Waits for the stream and reads it; leaving the loop closes it. */
  [Symbol.asyncIterator](): AsyncIterator<V, void, undefined> {
    type Values = AsyncIterator<V, void, undefined>;
    let opening: Promise<Values> | undefined;
    let values: Values | undefined;
    let isLeft = false;
    const open = (): Promise<Values> => {
      opening ??= this.then((stream) => stream[Symbol.asyncIterator]());
      return opening;
    };
    const first = (opened: Values) => {
      values = opened;
      return opened.next();
    };
    const failed = (error: unknown) => {
      if (isLeft) return DONE;
      throw error;
    };
    return {
      // Directly, once the stream is open: an extra promise per value would cost as much as the value.
      next: () => values?.next() ?? open().then(first, failed),
      return: async () => {
        isLeft = true;
        if (values) await values.return?.();
        else {
          // The connection may be opening, or open already. An answer that never begins must not be waited for.
          this.#abandoned.abort();
          open().then(
            (opened) => opened.return?.(),
            () => undefined,
          );
        }
        return DONE;
      },
    };
  }
}

/** A function, method or class. */
type Callee = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown);

/** Where a method of the client was called. Stacks of later errors begin there instead of inside this package. */
export class CallSite {
  /** Filled in by the runtime on first read; cheap until then. A program may have it turned into something else. */
  declare readonly stack?: unknown;
  readonly #operation: string | undefined;

  /**
   * @param callee the method called, or a function that it calls
   * @param operation for such a function, the operation whose method was called: its frame is left out
   */
  constructor(callee: Callee, operation?: string) {
    Error.captureStackTrace?.(this, callee as () => unknown);
    this.#operation = operation;
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

  /** Claims the error if a generator throws. */
  traceEach<T>(values: AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
    const { next } = values;
    return Object.assign(values, { next: () => this.trace(next.call(values)) });
  }

  /** Claims the error if a function throws. */
  guard<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      this.claim(error);
      throw error;
    }
  }

  /** Makes the stack of this package's errors begin at this site. Any other error is the caller's own, or a bug of ours. */
  claim(error: unknown): void {
    if (!isDockerError(error) || typeof this.stack !== "string") return;
    // The first line is this object's name.
    const [, ...frames] = this.stack.split("\n");
    // It is missing on Bun: a tail call leaves no frame.
    if (this.#operation !== undefined && isFrameOf(this.#operation, frames[0])) frames.shift();
    if (frames.length > 0) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  }
}

const isFrameOf = (operation: string, frame = ""): boolean =>
  frame.split(" (", 1)[0]?.toLowerCase().includes(operation.toLowerCase()) === true;
