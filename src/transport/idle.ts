import type { Readable } from "node:stream";

/**
 * Calls `act` when no piece of a body has arrived for so many milliseconds. A reader that takes its time is none of the
 * sender's fault: while pieces wait to be read, time does not count.
 *
 * @returns a function that ends the waiting
 */
export function onIdle(body: Readable, ms: number, act: () => void): () => void {
  const timer = setTimeout(() => (body.readableLength > 0 ? timer.refresh() : act()), ms);
  // Whatever feeds a stream pushes. A listener for data would make the body flow before anyone reads it.
  const { push } = body;
  body.push = (...piece) => {
    timer.refresh();
    return push.apply(body, piece);
  };
  return () => {
    clearTimeout(timer);
    body.push = push;
  };
}
