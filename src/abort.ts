import { AbortedError, TimeoutError } from "./errors.js";

/** Actions to run when a signal fires. Each signal gets one listener from us, however many calls share it. */
const waiting = new WeakMap<AbortSignal, { readonly acts: Set<() => void>; readonly listener: () => void }>();

/**
 * Calls `act` once when the signal fires, or immediately if it already has. Any number of calls may share a signal:
 * with one listener each, Node would warn of a leak after ten.
 *
 * @returns a function that unsubscribes
 */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act();
    return () => undefined;
  }
  const { acts, listener } = waiting.get(signal) ?? listen(signal);
  // One wrapper per call, because two callers may pass the same function.
  const entry = (): void => act();
  acts.add(entry);
  return () => {
    if (!acts.delete(entry) || acts.size > 0) return;
    signal.removeEventListener("abort", listener);
    waiting.delete(signal);
  };
}

function listen(signal: AbortSignal) {
  const acts = new Set<() => void>();
  const listener = (): void => {
    waiting.delete(signal);
    for (const act of acts) act();
    acts.clear();
  };
  signal.addEventListener("abort", listener, { once: true });
  const entry = { acts, listener };
  waiting.set(signal, entry);
  return entry;
}

/** Waits the given number of milliseconds, or until the signal fires. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let forget = (): void => undefined;
    const wake = (): void => {
      clearTimeout(timer);
      forget();
      resolve();
    };
    const timer = setTimeout(wake, ms);
    if (signal) forget = onAbort(signal, wake);
  });
}

/** Waits until a promise has settled either way, but at most the given number of milliseconds. */
export async function settledWithin(promise: Promise<unknown>, ms: number): Promise<void> {
  const settled = new AbortController();
  const settle = (): void => settled.abort();
  promise.then(settle, settle);
  await sleep(ms, settled.signal);
}

/** Waits for a promise that several calls share. A call's signal or timeout ends only its own wait. */
export function waitWithin<T>(
  shared: Promise<T>,
  { signal, timeout }: { readonly signal?: AbortSignal | undefined; readonly timeout?: number | undefined },
  operation: string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new TimeoutError(`${operation}: no answer within ${timeout} ms`));
    const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
    const forget = signal && onAbort(signal, () => reject(AbortedError.of(signal, operation)));
    shared.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      forget?.();
    });
  });
}
