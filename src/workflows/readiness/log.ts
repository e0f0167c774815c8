import { onAbort, sleep } from "../../abort.js";
import { EngineError, isDockerError, StreamError } from "../../errors.js";
import type { Waiting } from "./attempts.js";
import type { LogCondition } from "./conditions.js";
import { isGone } from "./last-lines.js";
import { Unmet } from "./unmet.js";
import type { WatchedContainer } from "./watched-container.js";

/** How long reading may continue after the container has ended: not every Engine ends the log then. */
const REST_MS = 2000;
const PAUSE_MS = 100;
/** How many times in a row a log may break off; each time, it is read again from the beginning. */
const MOST_BREAKS = 5;

/** Waits until enough lines of the log match. Lines that a container wrote before it exited count. */
export async function logMatches(
  condition: LogCondition,
  waiting: Waiting,
  signal: AbortSignal,
): Promise<void> {
  const { tell, watched } = waiting;
  await watched.when(({ inspected, ending }) => {
    if (ending?.failure === "removed") throw ending;
    return inspected.State?.Status !== "created" || undefined;
  }, signal);
  tell(countText(0, condition.times));
  for (let breaks = 0; ; ) {
    // A log read now has everything that the container wrote before it ended.
    const ending = watched.last?.ending;
    const outcome = await reading(watched, signal, (readSignal) =>
      countLines(condition, waiting, readSignal),
    );
    if (outcome === "enough") return;
    breaks = outcome instanceof StreamError ? breaks + 1 : 0;
    if (breaks === MOST_BREAKS) throw unreadable(outcome as StreamError);
    if (ending) throw ending;
    await sleep(PAUSE_MS, signal);
    signal.throwIfAborted();
  }
}

const unreadable = ({ message }: Error): Unmet =>
  new Unmet("unmet", `has a log that cannot be read (${message})`);

const countText = (found: number, times: number): string =>
  `${found} of ${times} ${times === 1 ? "line" : "lines"}`;

/** Reads the log from the container's start. Returns why it broke off, or undefined if it ended, before enough lines matched. */
async function countLines(
  { pattern, stream, times }: LogCondition,
  { lastLines, tell, watched }: Waiting,
  signal: AbortSignal,
): Promise<"enough" | Error | undefined> {
  const count = (found: number): void => tell(countText(found, times));
  const streams = { stdout: stream !== "stderr", stderr: stream !== "stdout" };
  const options = { ...streams, follow: true, since: watched.logStart };
  try {
    const log = await watched.docker.containerLogs(watched.id, options, { signal });
    const keep = lastLines.following(stream);
    let found = 0;
    count(found);
    for await (const { line } of log.lines()) {
      keep(line);
      if (!pattern.test(line)) continue;
      found += 1;
      count(found);
      if (found === times) return "enough";
    }
  } catch (error) {
    if (signal.aborted || !isDockerError(error)) throw error;
    if (error instanceof EngineError && !isGone(error)) {
      throw unreadable(error);
    }
    // If the log is gone with its container, earlier findings say more.
    if (!(error instanceof EngineError)) tell(error.message);
    return error;
  }
  return undefined;
}

/** Does `work` until the signal fires, or a while after the container has ended. */
async function reading<T>(
  watched: WatchedContainer,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const { life } = watched;
  let rest: NodeJS.Timeout | undefined;
  const stops = [
    onAbort(signal, () => ending.abort(signal.reason)),
    onAbort(life, () => {
      rest = setTimeout(() => ending.abort(life.reason), REST_MS);
    }),
  ];
  try {
    return await work(ending.signal);
  } catch (error) {
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    clearTimeout(rest);
    for (const stop of stops) stop();
  }
}
