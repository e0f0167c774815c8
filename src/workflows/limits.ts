import { AbortedError, ArgumentError, type DockerError, TimeoutError } from "../errors.js";

/** What ends a workflow before it is done. */
export interface Limits {
  /** Ends the workflow, in whatever phase it is, with an AbortedError. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole of it, after which it ends with a TimeoutError; no limit by default. */
  readonly timeout?: number | undefined;
}

/** What a timer can count. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * Does some work under a signal of its own, which fires when the caller's does or when the time is up. Then the
 * promise rejects at once, with that as the reason, also if the work waits for something that hears no signal.
 */
export async function withLimits<T>(
  workflow: string,
  { signal, timeout }: Limits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  checkTimeout(workflow, timeout);
  if (signal?.aborted) throw AbortedError.of(signal, workflow);
  const ending = new AbortController();
  let onAbort: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_, reject) => {
    const end = (reason: DockerError): void => {
      reject(reason);
      ending.abort(reason);
    };
    onAbort = () => end(AbortedError.of(signal as AbortSignal, workflow));
    signal?.addEventListener("abort", onAbort, { once: true });
    if (timeout === undefined) return;
    timer = setTimeout(() => end(new TimeoutError(`${workflow}: not done within ${timeout} ms`)), timeout);
  });
  try {
    return await Promise.race([ended, work(ending.signal)]);
  } finally {
    // What is still under way has lost its purpose.
    ending.abort();
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function checkTimeout(workflow: string, timeout: number | undefined): void {
  if (timeout === undefined || (timeout > 0 && timeout <= MAX_TIMEOUT)) return;
  throw new ArgumentError(
    `${workflow}: timeout must be a positive number of milliseconds, ${MAX_TIMEOUT} at most, not ${timeout}`,
  );
}
