import { onAbort, sleep } from "../../abort.js";
import { isEngineError } from "../../errors.js";
import type { WatchedContainer } from "./watched-container.js";

const LINES = 10;
const LINE_EXCERPT = 500;
/** How long gathering an error's details may take. */
const LAST_LOOK_MS = 2000;
/** How long the log of a container that is being removed may take to end. */
const REST_MS = 500;

/** Whether an Engine can no longer read a log, because the container is gone or being removed. */
export const isGone = (error: unknown): boolean => [404, 409].some((status) => isEngineError(error, status));

/** The last lines of a container's log, for an error. */
export class LastLines {
  readonly #watched: WatchedContainer;
  readonly #kept: string[] = [];
  /** Lines read for conditions, by stream; undefined means both. */
  readonly #followed = new Map<"stdout" | "stderr" | undefined, string[]>();

  constructor(watched: WatchedContainer) {
    this.#watched = watched;
  }

  /** Does `work`, and meanwhile reads the log if the Engine removes the container, log included, as soon as it exits. */
  async beside<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (!this.#watched.last?.inspected.HostConfig?.AutoRemove) return work();
    const ending = new AbortController();
    const stopListening = onAbort(signal, () => ending.abort());
    const keeping = this.#keep(ending.signal).catch(() => undefined);
    try {
      return await work();
    } catch (error) {
      await Promise.race([keeping, sleep(REST_MS, ending.signal)]);
      throw error;
    } finally {
      ending.abort();
      stopListening();
      await keeping;
    }
  }

  async #keep(signal: AbortSignal): Promise<void> {
    await this.#watched.running(signal);
    await this.#read(true, signal);
  }

  /** Takes the lines that a condition reads from the beginning of the log: the container may be removed together with its log. */
  following(stream: "stdout" | "stderr" | undefined): (line: string) => void {
    const lines: string[] = [];
    return (line) => {
      // Not earlier: a second reading may find nothing.
      this.#followed.set(stream, lines);
      keep(lines, line);
    };
  }

  /** The lines, as far as they are available, and how to describe them. */
  async told(): Promise<{ readonly heading: string; readonly lines: readonly string[] }> {
    const problem = await this.#readRest();
    const lines = this.#kept.length > 0 ? this.#kept : this.#followedLines();
    if (lines.length > 0) return { heading: "The last lines of its log:", lines };
    return { heading: isGone(problem) ? "Its log is gone with it." : "Nothing is in its log.", lines };
  }

  #followedLines(): readonly string[] {
    const of = (stream?: "stdout" | "stderr"): readonly string[] => this.#followed.get(stream) ?? [];
    return of().length > 0 ? of() : [...of("stdout"), ...of("stderr")].slice(-LINES);
  }

  /** Why it cannot be read, if it cannot. */
  async #readRest(): Promise<unknown> {
    const { last } = this.#watched;
    if (this.#kept.length > 0 || !last || last.inspected.State?.Status === "created") return undefined;
    return this.#read(false, AbortSignal.timeout(LAST_LOOK_MS)).catch((error: unknown) => error);
  }

  async #read(follow: boolean, signal: AbortSignal): Promise<void> {
    const { docker, id, logStart } = this.#watched;
    const options = { stdout: true, stderr: true, follow, tail: LINES, since: logStart };
    const log = await docker.containerLogs(id, options, { signal });
    for await (const { line } of log.lines()) keep(this.#kept, line);
  }
}

function keep(lines: string[], line: string): void {
  lines.push(line.slice(0, LINE_EXCERPT));
  if (lines.length > LINES) lines.shift();
}
