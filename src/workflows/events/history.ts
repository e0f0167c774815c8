import type { EventMessage } from "#generated/schema.js";
import { nanoseconds, secondsText } from "./event-time.js";

/** Engines that resume by the second resend that whole second. */
const REMEMBERED_NANOS = 2_000_000_000n;

/** How many events an Engine keeps. After its clock is set back, it may resend all of them, whatever their time. */
const REMEMBERED = 256;

/** Tracks events, so that a new stream continues where the last one broke, without gaps or repeats. */
export class EventHistory {
  #since: string | undefined;
  #latest: bigint | undefined;
  /** The last events by content: several may share a nanosecond. */
  readonly #recent = new Map<string, bigint>();
  #repeated = new Set<string>();

  constructor(since: string | undefined) {
    this.#since = since;
  }

  /** Where the next stream must start. */
  get since(): string | undefined {
    return this.#since;
  }

  /** Call it when a stream begins, with the Engine's time: the next stream starts there if no event arrives. */
  begin(now: bigint): void {
    this.#since ??= secondsText(now);
    this.#repeated = new Set(this.#recent.keys());
  }

  /** Records an event; false if it was seen before the stream broke. */
  isNew(event: EventMessage): boolean {
    const content = JSON.stringify(event, (_, value) => (typeof value === "bigint" ? String(value) : value));
    if (this.#repeated.delete(content)) return false;
    const time = nanoseconds(event);
    this.#recent.set(content, time);
    // Far behind: the clock was set back. A little behind: events arrived out of order.
    if (this.#latest === undefined || time > this.#latest || isFar(time, this.#latest)) {
      this.#latest = time;
      this.#since = secondsText(time);
    }
    this.#forget(this.#latest);
    return true;
  }

  #forget(now: bigint): void {
    for (const [content, time] of this.#recent) {
      if (this.#recent.size <= REMEMBERED || !isFar(time, now)) return;
      this.#recent.delete(content);
    }
  }
}

const isFar = (time: bigint, from: bigint): boolean =>
  time < from - REMEMBERED_NANOS || time > from + REMEMBERED_NANOS;
