import { onAbort } from "../abort.js";
import { checkOptions, type Rules, rule } from "../arguments.js";
import { AbortedError, type DockerError, TimeoutError } from "../errors.js";

/** Limits of a workflow. */
export interface Limits {
  /** Ends the workflow with an AbortedError, whatever it is doing. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole workflow, which then ends with a TimeoutError; unlimited by default. */
  readonly timeout?: number | undefined;
}

/**
 * For calls that may outlast the client's `timeout`, because the caller's files or command determine how long they take. The
 * workflow's own limits apply instead.
 */
export const UNLIMITED = Number.POSITIVE_INFINITY;

/** Checks of {@link Limits}, for the options of each workflow. */
export const LIMIT_RULES: Rules<Limits> = { signal: rule.signal, timeout: rule.duration };

/**
 * Runs `work` with a signal that fires when the caller's does or the timeout passes. The promise settles only when `work`
 * does, so that nothing continues unnoticed: everything in `work` must obey the signal.
 */
export async function withLimits<T>(
  workflow: string,
  { signal, timeout }: Limits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  checkOptions({ signal, timeout }, LIMIT_RULES, { where: workflow });
  if (signal?.aborted) throw AbortedError.of(signal, workflow);
  const ending = new AbortController();
  let reason: DockerError | undefined;
  const end = (why: DockerError): void => {
    reason ??= why;
    ending.abort(reason);
  };
  const stopListening = signal && onAbort(signal, () => end(AbortedError.of(signal, workflow)));
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => end(new TimeoutError(`${workflow} did not finish within ${timeout} ms`)), timeout);
  try {
    return await work(ending.signal);
  } catch (error) {
    throw reason ?? error;
  } finally {
    clearTimeout(timer);
    stopListening?.();
    // Ends anything that `work` started and did not wait for.
    ending.abort();
  }
}

/** Stops waiting for a promise when the signal fires. For work that cannot be cancelled and may safely continue. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stopListening = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(stopListening);
  });
}

/**
 * Does several things at once. The first failure ends the rest, and is thrown once all have ended, so that nothing continues
 * unnoticed.
 */
export async function together<T>(
  works: readonly ((signal: AbortSignal) => Promise<T>)[],
  signal: AbortSignal,
): Promise<T[]> {
  const ending = new AbortController();
  const stopListening = onAbort(signal, () => ending.abort(signal.reason));
  let failure: { readonly error: unknown } | undefined;
  const results = await Promise.allSettled(
    works.map((work) =>
      work(ending.signal).catch((error: unknown) => {
        failure ??= { error };
        ending.abort(error);
        throw error;
      }),
    ),
  );
  stopListening();
  if (failure) throw failure.error;
  return results.map((result) => (result as PromiseFulfilledResult<T>).value);
}
