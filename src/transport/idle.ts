import type { Readable } from "node:stream";

/**
 * Calls `act` when nothing of a body has arrived for `ms` milliseconds. While pieces wait to be read, the clock stops: a
 * slow reader is not the sender's fault.
 *
 * @returns a function that stops the watch
 */
export function onIdle(body: Readable, ms: number, act: () => void): () => void {
  const timer = setTimeout(() => (body.readableLength > 0 ? timer.refresh() : act()), ms);
  // Every source of a stream calls push. A data listener would start the flow before anyone reads.
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
