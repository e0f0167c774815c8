import { EventEmitter, on } from "node:events";
import { findIn } from "./ids.js";
import { Refusal } from "./refusal.js";

/** An event. */
export interface FakeEvent {
  readonly Type: "container" | "image" | "network" | "volume" | "builder";
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly scope: "local";
  readonly time: number;
  readonly timeNano: bigint;
}

/** Filters of events, by name. */
export type EventFilters = Readonly<Record<string, readonly string[]>>;

const FILTERS = ["type", "event", "container", "image", "network", "volume", "label", "scope"];

/** All events, from the beginning. */
export class Events {
  readonly #history: FakeEvent[] = [];
  readonly #emitter = new EventEmitter().setMaxListeners(0);
  /** Two events never have the same time. */
  #last = 0n;

  tell(
    Type: FakeEvent["Type"],
    Action: string,
    ID: string,
    Attributes: Readonly<Record<string, string>>,
  ): void {
    const now = BigInt(Date.now()) * 1_000_000n;
    this.#last = now > this.#last ? now : this.#last + 1n;
    const time = Number(this.#last / 1_000_000_000n);
    const event: FakeEvent = {
      Type,
      Action,
      Actor: { ID, Attributes },
      scope: "local",
      time,
      timeNano: this.#last,
    };
    this.#history.push(event);
    this.#emitter.emit("event", event);
  }

  /** Past events since a time in nanoseconds, and future ones until another. @throws {Refusal} an unknown filter */
  read(
    {
      since,
      until,
      filters,
    }: { since: bigint | undefined; until: bigint | undefined; filters: EventFilters },
    ended: AbortSignal,
  ): AsyncGenerator<FakeEvent> {
    const unknown = Object.keys(filters).find((name) => !FILTERS.includes(name));
    if (unknown !== undefined) throw new Refusal(400, `invalid filter '${unknown}'`);
    const left =
      until === undefined ? undefined : Number((until - BigInt(Date.now()) * 1_000_000n) / 1_000_000n);
    // Past events are those before the call.
    const past = since === undefined ? [] : this.#history.filter(({ timeNano }) => timeNano >= since);
    const end = left === undefined ? ended : AbortSignal.any([ended, AbortSignal.timeout(Math.max(0, left))]);
    const coming =
      end.aborted || (left !== undefined && left <= 0) ? [] : on(this.#emitter, "event", { signal: end });
    return (async function* () {
      const isWanted = (event: FakeEvent): boolean =>
        matches(event, filters) && (until === undefined || event.timeNano <= until);
      yield* past.filter(isWanted);
      try {
        for await (const [event] of coming) if (isWanted(event)) yield event;
      } catch (error) {
        if (!end.aborted) throw error;
      }
    })();
  }
}

function matches({ Type, Action, Actor, scope }: FakeEvent, filters: EventFilters): boolean {
  const { ID, Attributes } = Actor;
  const any = (name: string, fits: (value: string) => boolean): boolean =>
    filters[name] === undefined || filters[name].length === 0 || filters[name].some(fits);
  const isOf = (type: string) => (value: string) =>
    Type === type && findIn([{ id: ID, name: Attributes.name ?? ID }], value) !== undefined;
  return (
    any("type", (value) => value === Type) &&
    any("scope", (value) => value === scope) &&
    any("event", (value) => Action === value || Action.startsWith(`${value}:`)) &&
    any("container", isOf("container")) &&
    any("network", isOf("network")) &&
    any("volume", isOf("volume")) &&
    any("image", (value) => isOf("image")(value) || Attributes.image === value) &&
    (filters.label ?? []).every((label) => {
      const [name = "", value] = label.split(/=(.*)/s, 2);
      return Object.hasOwn(Attributes, name) && (value === undefined || Attributes[name] === value);
    })
  );
}
