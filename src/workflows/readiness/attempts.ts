import { sleep } from "../../abort.js";
import { ArgumentError, isDockerError, isEngineError } from "../../errors.js";
import type { HostFinder } from "./engine-host.js";
import type { LastLines } from "./last-lines.js";
import type { WatchedContainer } from "./watched-container.js";

/** Everything needed to wait for a condition. */
export interface Waiting {
  readonly watched: WatchedContainer;
  readonly findHost: HostFinder;
  /** Keeps the lines read from the log, for the error. */
  readonly lastLines: Pick<LastLines, "following">;
  /** Notes the last finding, for the error. */
  readonly tell: (state: string) => void;
}

/** Looks once; returns what is missing, or undefined if nothing is. */
export type Attempt = (signal: AbortSignal) => Promise<string | undefined>;

const FIRST_PAUSE_MS = 50;

/** Looks again and again, with growing pauses, until nothing is missing. The Engine may fail meanwhile. */
export async function untilFound(
  attempt: Attempt,
  { tell, longestPause }: { readonly tell: Waiting["tell"]; readonly longestPause: number },
  signal: AbortSignal,
): Promise<void> {
  let found: string | undefined;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, longestPause)) {
    signal.throwIfAborted();
    const missing = await attempt(signal).catch((error: unknown) => {
      if (signal.aborted || !isDockerError(error) || error instanceof ArgumentError) throw error;
      // The container is just exiting, which does not change what was found before.
      return isEngineError(error, 409) ? (found ?? error.message) : error.message;
    });
    if (missing === undefined) return;
    signal.throwIfAborted();
    found = missing;
    tell(found);
    await sleep(pause, signal);
  }
}
