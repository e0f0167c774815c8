import type { RequestOptions } from "../../generated/client.js";
import { AbortedError, TimeoutError } from "../errors.js";
import { EngineRequest, type Transport } from "../transport/index.js";

/** A ping is answered at once or not at all. */
const PING_TIMEOUT_MS = 10_000;

/** Asks the Engine for its version, which every answer names; null if there is no answer, or none that says. */
export async function askVersion(
  transport: Transport,
  headers: Readonly<Record<string, string>>,
): Promise<string | null> {
  // Without a version in the path: any would be refused by some Engine.
  const ping = new EngineRequest("/_ping", {
    method: "HEAD",
    wireHeaders: headers,
    timeout: PING_TIMEOUT_MS,
    operation: "SystemPingHead",
  });
  try {
    const response = await transport.send(ping);
    await response.drain();
    return response.headers.get("api-version");
  } catch {
    // The call that wanted to know meets the same failure, and reports it as its own.
    return null;
  }
}

/** Waits for what several calls wait for; the signal and timeout of one end its own wait only. */
export function waitWithin<T>(
  shared: Promise<T>,
  { signal, timeout }: RequestOptions,
  operation: string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(AbortedError.of(signal as AbortSignal, operation));
    const onTimeout = (): void => reject(new TimeoutError(`${operation}: no answer within ${timeout} ms`));
    const timer = timeout === undefined ? undefined : setTimeout(onTimeout, timeout);
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
    shared.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    });
  });
}
