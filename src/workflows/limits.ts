import { onAbort } from "../abort.js";
import { checkOptions, type Rules, rule } from "../arguments.js";
import { AbortedError, type DockerError, TimeoutError } from "../errors.js";

/** What may end a workflow before it is done. */
export interface Limits {
  /** Ends the workflow with an AbortedError, whatever it is doing. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds the whole workflow may take before it ends with a TimeoutError; unlimited by default. */
  readonly timeout?: number | undefined;
}

/**
 * For a call that may well outlast the client's `timeout`, because the caller's files or command decide how long it takes.
 * The workflow's own limits end it.
 */
export const UNLIMITED = Number.POSITIVE_INFINITY;

/** Checks of {@link Limits}, for the options of each workflow. */
export const LIMIT_RULES: Rules<Limits> = { signal: rule.signal, timeout: rule.duration };

/**
 * Runs `work` with a signal of its own, which fires when the caller's does or when the time is up. The promise settles
 * only when `work` has, so that nothing goes on behind the caller's back: `work` must heed the signal in all it does.
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
    // Whatever the work started and did not wait for has lost its purpose.
    ending.abort();
  }
}

/** Stops waiting for a promise when the signal fires. For what cannot be cancelled and is harmless when it goes on. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stopListening = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(stopListening);
  });
}
