import type { EventMessage } from "../../../generated/schema.js";
import { nanoseconds, secondsText } from "./event-time.js";

/** Engines that resume by the second send all of that second again. */
const REMEMBERED_NANOS = 2_000_000_000n;

/** How many events an Engine keeps. When its clock was set back, it may send all of them again, whatever their time. */
const REMEMBERED = 256;

/** Which events were seen, so that a stream can go on where another one broke off: without gaps and without repeats. */
export class EventHistory {
  #since: string | undefined;
  #latest: bigint | undefined;
  /** The last events by their content: several may share a nanosecond. */
  readonly #recent = new Map<string, bigint>();
  #repeated = new Set<string>();

  constructor(since: string | undefined) {
    this.#since = since;
  }

  /** From when the next stream has to tell events. */
  get since(): string | undefined {
    return this.#since;
  }

  /** A stream begins, at a moment of the Engine's clock. From there on events would be missed if none had come yet. */
  begin(now: bigint): void {
    this.#since ??= secondsText(now);
    this.#repeated = new Set(this.#recent.keys());
  }

  /** Takes note of an event; false if it was seen before the stream broke off. */
  isNew(event: EventMessage): boolean {
    const content = JSON.stringify(event, (_, value) => (typeof value === "bigint" ? String(value) : value));
    if (this.#repeated.delete(content)) return false;
    const time = nanoseconds(event);
    this.#recent.set(content, time);
    // Far behind means that the clock was set back; a little, that events came out of order.
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
