import type { SystemEventsOptions } from "#generated/options.js";
import type { EventMessage } from "#generated/schema.js";
import { onAbort, sleep } from "../../abort.js";
import { checkOptions, type Rules, reading, rule } from "../../arguments.js";
import {
  AbortedError,
  ConnectionError,
  type DockerError,
  EngineError,
  isDockerError,
  StreamError,
  TimeoutError,
} from "../../errors.js";
import { type Moment, secondsOf } from "../../operation/index.js";
import type { Equivalents } from "../../unknown-option.js";
import type { EngineClient } from "../engine-client.js";
import { EventHistory } from "./history.js";

/** Options of `docker.events`. */
export interface EventsOptions {
  /** Which events to return, such as `{ type: ["container"], event: ["start", "die"] }`; all by default. */
  readonly filters?: SystemEventsOptions["filters"] | undefined;
  /** Also returns events since then, as far as the Engine remembers them: it keeps its last 256. */
  readonly since?: Moment | undefined;
  /** Ends at that time; never by default. */
  readonly until?: Moment | undefined;
  /** Ends the iteration with an AbortedError. */
  readonly signal?: AbortSignal | undefined;
  /** Called when events begin to arrive, and again after each reconnect; no later event is missed. */
  readonly onConnected?: (() => void) | undefined;
  /** Called before the next attempt when the connection broke or could not be restored. */
  readonly onDisconnected?: ((reason: DockerError) => void) | undefined;
}

const RULES: Rules<EventsOptions> = {
  filters: rule.checkedLater,
  since: rule.checkedLater,
  until: rule.checkedLater,
  signal: rule.signal,
  onConnected: rule.function,
  onDisconnected: rule.function,
};

const EQUIVALENTS: Equivalents = {
  filter: 'filters: { type: ["container"] }',
  timeout: "signal: AbortSignal.timeout(ms)",
};

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;

/** The Engine's events, even across restarts; see `docker.events`. */
export function events(
  docker: EngineClient,
  options?: EventsOptions,
): AsyncGenerator<EventMessage, void, undefined> {
  const ending = new AbortController();
  const values = follow(docker, options, ending);
  const { return: leave } = values;
  // Left alone, a generator that waits for an event would only end after it.
  return Object.assign(values, {
    return() {
      ending.abort();
      return leave.call(values, undefined);
    },
  });
}

/** Follows the events until `ending` fires, which it does when the caller's signal fires. */
async function* follow(
  docker: EngineClient,
  settings: EventsOptions | undefined,
  ending: AbortController,
): AsyncGenerator<EventMessage, void, undefined> {
  const options = checkOptions(settings, RULES, { where: "events", equivalents: EQUIVALENTS });
  const { filters, onConnected, onDisconnected, signal } = options;
  const moment = (name: "since" | "until"): string | undefined =>
    options[name] === undefined
      ? undefined
      : reading("events", () => secondsOf(options[name] as Moment, `events: ${name}`));
  const history = new EventHistory(moment("since"));
  const until = moment("until");
  const stopListening = signal && onAbort(signal, () => ending.abort());
  let delay = FIRST_DELAY_MS;
  try {
    for (let attempt = 0; ; attempt += 1) {
      let reason: DockerError;
      try {
        const query = { filters, since: history.since, until };
        const answer = await docker.systemEvents(query, { signal: ending.signal }).result();
        if (!answer.ok) throw answer.error;
        history.begin(engineTime(answer.headers));
        try {
          onConnected?.();
          for await (const event of answer.data) {
            if (!history.isNew(event)) continue;
            delay = FIRST_DELAY_MS;
            yield event;
          }
        } finally {
          answer.data.cancel();
        }
        if (until !== undefined && Number(until) * 1000 <= Date.now()) return;
        reason = new StreamError("SystemEvents: the Engine ended the stream");
      } catch (error) {
        if (signal?.aborted) throw AbortedError.of(signal, "events");
        if (ending.signal.aborted) return;
        if (!isWorthAnother(error, attempt)) throw error;
        reason = error;
      }
      onDisconnected?.(reason);
      await sleep(delay, ending.signal);
      if (signal?.aborted) throw AbortedError.of(signal, "events");
      if (ending.signal.aborted) return;
      delay = Math.min(delay * 2, LONGEST_DELAY_MS);
    }
  } finally {
    stopListening?.();
  }
}

const isUnreachable = (error: DockerError): boolean =>
  error instanceof ConnectionError || error instanceof TimeoutError;

/** Whether to try again. Not if the first attempt reached no Engine. */
function isWorthAnother(error: unknown, attempt: number): error is DockerError {
  if (!isDockerError(error) || (attempt === 0 && isUnreachable(error))) return false;
  if (error instanceof EngineError) return error.status >= 500;
  return isUnreachable(error) || error instanceof StreamError;
}

/** The Engine's clock. Its answer has only the second; within that, our clock is good enough. */
function engineTime(headers: Headers): bigint {
  const now = Date.now();
  const second = Date.parse(headers.get("date") ?? "");
  const time = Number.isNaN(second) || Math.floor(now / 1000) * 1000 === second ? now : second;
  return BigInt(time) * 1_000_000n;
}
