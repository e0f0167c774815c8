import type { Readable } from "node:stream";
import { onAbort } from "../abort.js";
import { AbortedError, TimeoutError } from "../errors.js";
import type { RequestSettings } from "./request.js";
import type { EngineResponse } from "./response.js";

/** How long a call may wait for its connection, and the error after that. */
export interface ConnectLimit {
  /** Milliseconds. */
  readonly connectTimeout: number;
  readonly late: (obstacle: string | undefined) => Error;
}

const NONE: readonly never[] = [];

/**
 * The life of one call, from the request for a connection to the end of the body or stream. Its signal, or closing the
 * client, ends it at any time; `connectTimeout` if it gets no connection; `timeout` if the answer (for streams, its
 * head) is incomplete; `idleTimeout` if the body stalls.
 */
export class Lifetime {
  readonly #settings: RequestSettings;
  readonly #limit: ConnectLimit;
  #connecting: NodeJS.Timeout | undefined;
  #obstacle: string | undefined;
  #answering: NodeJS.Timeout | undefined;
  #stopIdle: (() => void) | undefined;
  // Replaced, not filled: most hold one action or none, and an array that grows has room for 17.
  #stopListening: readonly (() => void)[] = NONE;
  #onEnd: readonly ((reason: Error) => void)[] = NONE;
  #onOver: readonly (() => void)[] = NONE;
  #begun = false;
  #reason: Error | undefined;
  #over = false;

  constructor(settings: RequestSettings, limit: ConnectLimit) {
    this.#settings = settings;
    this.#limit = limit;
    const { operation, signal, abandoned, timeout, timeLeft = timeout } = settings;
    // First, because it throws if the value is not a signal.
    if (signal) this.#endOn(signal, () => AbortedError.of(signal, operation));
    if (abandoned)
      this.#endOn(abandoned, () => new AbortedError(`${operation}: nobody waits for the answer`));
    if (timeLeft !== undefined && !this.#reason)
      this.#answering = setTimeout(() => this.end(this.#late()), timeLeft);
  }

  #endOn(signal: AbortSignal, reason: () => Error): void {
    this.#stopListening = [...this.#stopListening, onAbort(signal, () => this.end(reason()))];
  }

  #late(): TimeoutError {
    const { operation, timeout } = this.#settings;
    const what = this.#begun ? "the answer did not end" : "no answer";
    return new TimeoutError(`${operation}: ${what} within ${timeout} ms`);
  }

  /** Why the call ended early, if it did. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** Call it when the wait for a connection begins. */
  connecting(): void {
    if (this.#over || this.#reason) return;
    const { connectTimeout, late } = this.#limit;
    this.#connecting ??= setTimeout(() => this.end(late(this.#obstacle)), connectTimeout);
  }

  /** Notes why an attempt to connect failed, in case time runs out before the next. */
  hindered(obstacle: string): void {
    this.#obstacle = obstacle;
  }

  /** Call it when the connection is ready. */
  connected(): void {
    clearTimeout(this.#connecting);
    this.#connecting = undefined;
  }

  /** Call it when the answer begins. */
  answered({ status, body }: EngineResponse): void {
    this.#begun = true;
    this.connected();
    const { operation, isStream, idleTimeout } = this.#settings;
    // Anything but a success, such as a redirection on the way, has a body that is read as a failure's.
    if (status < 300 && isStream) clearTimeout(this.#answering);
    if (idleTimeout === undefined) return;
    this.#stopIdle = onIdle(body, idleTimeout, () =>
      this.end(new TimeoutError(`${operation}: the Engine sent nothing for ${idleTimeout} ms`)),
    );
  }

  /** Call it when the call is over. */
  over(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopWaiting();
    for (const act of this.#onOver) act();
  }

  /** Ends the call in any state. */
  end(reason: Error): void {
    if (this.#over || this.#reason) return;
    this.#reason = reason;
    this.#stopWaiting();
    for (const act of this.#onEnd) act(reason);
  }

  #stopWaiting(): void {
    this.connected();
    clearTimeout(this.#answering);
    this.#stopIdle?.();
    for (const stop of this.#stopListening) stop();
  }

  /** Calls `act` when the call ends early; at once if it has. */
  onEnd(act: (reason: Error) => void): void {
    if (this.#reason) act(this.#reason);
    else this.#onEnd = [...this.#onEnd, act];
  }

  /** Calls `act` when the call is over; at once if it already is. */
  onOver(act: () => void): void {
    if (this.#over) act();
    else this.#onOver = [...this.#onOver, act];
  }
}

/**
 * The calls in progress. Not in a Set: measured with node --trace-gc-nvp, what a call leaves behind would then survive
 * several collections, probably because the tables a Set has moved from still refer to it.
 */
export class Lifetimes {
  readonly #members: { readonly lifetime: Lifetime; place: number }[] = [];

  /** Adds a call until it is over. */
  add(lifetime: Lifetime): void {
    const member = { lifetime, place: this.#members.length };
    this.#members.push(member);
    lifetime.onOver(() => {
      // The last one moves to the freed place.
      const last = this.#members.pop();
      if (!last || last === member) return;
      last.place = member.place;
      this.#members[last.place] = last;
    });
  }

  /** Ends all of them. */
  end(reason: () => Error): void {
    for (const { lifetime } of [...this.#members]) lifetime.end(reason());
  }
}

/**
 * Calls `act` when nothing of a body has arrived for `ms` milliseconds. While pieces wait to be read, the clock stops: a
 * slow reader is not the sender's fault.
 *
 * @returns a function that stops the watch
 */
export function onIdle(body: Readable, ms: number, act: () => void): () => void {
  const timer = setTimeout(() => (body.readableLength > 0 ? timer.refresh() : act()), ms);
  // Every source of a stream calls push. A data listener would start the flow before anyone reads.
  const { push } = body;
  body.push = (...piece) => {
    timer.refresh();
    return push.apply(body, piece);
  };
  return () => {
    clearTimeout(timer);
    body.push = push;
  };
}
