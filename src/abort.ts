import { AbortedError, TimeoutError } from "./errors.js";

/** What is to be done when a signal fires. A signal has a single listener of ours, however many calls share it. */
const waiting = new WeakMap<AbortSignal, { readonly acts: Set<() => void>; readonly listener: () => void }>();

/**
 * Calls `act` once when the signal fires; at once if it has. Any number of calls may share a signal, which would else
 * warn of a leak beyond ten listeners.
 *
 * @returns a function that calls it off
 */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act();
    return () => undefined;
  }
  const { acts, listener } = waiting.get(signal) ?? listen(signal);
  // Of its own, because two callers may give the same function.
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

/** Waits for what several calls wait for; the signal and timeout of one end its own wait only. */
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
