import { onAbort, sleep } from "../../abort.js";
import type { WatchedContainer } from "./watched-container.js";

const LINES = 10;
const LINE_EXCERPT = 500;
/** For what an error tells. */
const LAST_LOOK_MS = 2000;
/** How long the log of a container that is being removed may take to end. */
const REST_MS = 500;

/** The last lines of a container's log, for an error. */
export class LastLines {
  readonly #watched: WatchedContainer;
  readonly #kept: string[] = [];

  constructor(watched: WatchedContainer) {
    this.#watched = watched;
  }

  /** Does `work`, and reads along if the Engine removes the container, and the log with it, as soon as it exits. */
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

  /** The lines, as far as they can be had. */
  async lines(): Promise<readonly string[]> {
    const { last } = this.#watched;
    if (this.#kept.length > 0 || !last || last.inspected.State?.Status === "created") return this.#kept;
    // It may be gone, or not readable.
    await this.#read(false, AbortSignal.timeout(LAST_LOOK_MS)).catch(() => undefined);
    return this.#kept;
  }

  async #read(follow: boolean, signal: AbortSignal): Promise<void> {
    const { docker, id, logStart } = this.#watched;
    const options = { stdout: true, stderr: true, follow, tail: LINES, since: logStart };
    const log = await docker.containerLogs(id, options, { signal });
    for await (const { line } of log.lines()) {
      this.#kept.push(line.slice(0, LINE_EXCERPT));
      if (this.#kept.length > LINES) this.#kept.shift();
    }
  }
}
