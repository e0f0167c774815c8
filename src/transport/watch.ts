import { AbortedError, TimeoutError } from "../errors/index.js";
import type { WireRequest } from "./wire-request.js";

/** The watch over a call: to be told when the answer has begun, and when all is over. */
export interface Watch {
  readonly answered: () => void;
  readonly finished: () => void;
}

/** Ends a call when its signal fires, at any time, and when its answer does not begin within its timeout. */
export function watch({ operation, signal, timeout }: WireRequest, end: (reason: Error) => void): Watch {
  const onAbort = (): void => end(AbortedError.of(signal as AbortSignal, operation));
  const onTimeout = (): void => end(new TimeoutError(`${operation}: no answer within ${timeout} ms`));
  const timer = timeout === undefined ? undefined : setTimeout(onTimeout, timeout);
  signal?.addEventListener("abort", onAbort, { once: true });
  return {
    answered: () => clearTimeout(timer),
    finished: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}
