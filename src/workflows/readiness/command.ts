import { exec } from "../containers/exec.js";
import { OutputTail } from "../containers/output-tail.js";
import { untilFound, type Waiting } from "./attempts.js";
import type { ExecCondition } from "./conditions.js";

const LONGEST_PAUSE_MS = 1000;
const ATTEMPT_MS = 10_000;
const OUTPUT_EXCERPT = 300;

/** Waits until a command in the container exits with the expected code. */
export function commandSucceeds(
  { cmd, options }: ExecCondition,
  { watched, tell }: Waiting,
  signal: AbortSignal,
): Promise<void> {
  const { attemptTimeout = ATTEMPT_MS, exitCode: wanted = 0, ...settings } = options;
  return watched.whileRunning(signal, async (_, running) => {
    const attempt = async (own: AbortSignal): Promise<string | undefined> => {
      const limits = { signal: own, timeout: attemptTimeout };
      const tail = new OutputTail(OUTPUT_EXCERPT);
      const { exitCode } = await exec(watched.docker, watched.id, cmd, {
        ...settings,
        ...limits,
        combined: tail,
      });
      if (exitCode === wanted) return undefined;
      return `exited with ${exitCode}${tail.text && `: ${tail.text}`}`;
    };
    await untilFound(attempt, { tell, longestPause: LONGEST_PAUSE_MS }, running);
  });
}
