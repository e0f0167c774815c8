import { EventEmitter, once } from "node:events";
import type { MockedOutput } from "../mocked-operations.js";

/** A line of a container's log, or as much of it as the container had written when it exited. */
interface Line {
  readonly stream: "stdout" | "stderr";
  readonly data: Buffer;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Which lines to read. */
export interface LogOptions {
  readonly streams: readonly string[];
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
  /** How many of the last lines; all by default. */
  readonly tail: number;
  readonly timestamps: boolean;
  readonly follow: boolean;
}

const LINE_FEED = 10;

/** A container's output, line by line, as an Engine keeps it. */
export class Log {
  readonly #lines: Line[] = [];
  readonly #partial = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #closed = true;

  /** Before each run of the container. */
  open(): void {
    this.#closed = false;
  }

  add({ stream, data }: MockedOutput): void {
    const partial = this.#partial[stream];
    let rest = Buffer.from(data as Uint8Array);
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      this.#append(stream, [...partial.splice(0), rest.subarray(0, end + 1)]);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) partial.push(rest);
  }

  /** At the end of each run. */
  close(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      const partial = this.#partial[stream].splice(0);
      if (partial.length > 0) this.#append(stream, partial);
    }
    this.#closed = true;
    this.#changes.emit("change");
  }

  #append(stream: Line["stream"], data: readonly Buffer[]): void {
    this.#lines.push({ stream, data: Buffer.concat(data), time: Date.now() });
    this.#changes.emit("change");
  }

  /** The chosen lines and, with `follow`, later ones, until the container exits or nobody reads. */
  async *read(options: LogOptions, ended: AbortSignal): AsyncGenerator<MockedOutput> {
    const { streams, since, until, tail, timestamps, follow } = options;
    const isWanted = ({ stream, time }: Line): boolean =>
      streams.includes(stream) && time >= since && time <= until;
    const wanted = this.#lines.filter(isWanted);
    const kept = wanted.slice(Math.max(0, wanted.length - tail));
    const show = ({ stream, data, time }: Line): MockedOutput => ({
      stream,
      data: timestamps ? Buffer.concat([Buffer.from(`${nanoTime(time)} `), data]) : data,
    });
    let next = this.#lines.length;
    yield* kept.map(show);
    const signals = Number.isFinite(until)
      ? [ended, AbortSignal.timeout(Math.max(0, until - Date.now()))]
      : [ended];
    const end = AbortSignal.any(signals);
    while (follow && !end.aborted) {
      for (; next < this.#lines.length; next += 1) {
        const line = this.#lines[next] as Line;
        if (isWanted(line)) yield show(line);
      }
      if (this.#closed) return;
      await once(this.#changes, "change", { signal: end }).catch(() => undefined);
    }
  }
}

/** A time as Engines write it, to the nanosecond. */
export const nanoTime = (ms: number): string => new Date(ms).toISOString().replace("Z", "000000Z");
