import { onAbort } from "../abort.js";
import { AbortedError, TimeoutError } from "../errors.js";
import { onIdle } from "./idle.js";
import type { EngineRequest } from "./request.js";
import type { EngineResponse } from "./response.js";

/** How long a call may wait for its connection, and what to say when it has. */
export interface ConnectLimit {
  /** Milliseconds. */
  readonly connectTimeout: number;
  readonly late: (obstacle: string | undefined) => Error;
}

/**
 * The life of one call, from the wish for a connection to the end of the body or of the stream. Its signal or closing
 * the client ends it at any time; `connectTimeout` if there is no connection; `timeout` if the answer, or its head for
 * streams, is not there; and `idleTimeout` if nothing more of the body comes.
 */
export class Lifetime {
  readonly #request: EngineRequest;
  readonly #limit: ConnectLimit;
  #connecting: NodeJS.Timeout | undefined;
  #obstacle: string | undefined;
  #answering: NodeJS.Timeout | undefined;
  #stopIdle: (() => void) | undefined;
  #stopAbort: (() => void) | undefined;
  readonly #onEnd: ((reason: Error) => void)[] = [];
  readonly #onOver: (() => void)[] = [];
  #begun = false;
  #reason: Error | undefined;
  #over = false;

  constructor(request: EngineRequest, limit: ConnectLimit) {
    this.#request = request;
    this.#limit = limit;
    const { operation, signal, timeout } = request;
    // First, because it fails if that is no signal.
    if (signal) this.#stopAbort = onAbort(signal, () => this.end(AbortedError.of(signal, operation)));
    if (timeout !== undefined) this.#answering = setTimeout(() => this.end(this.#late()), timeout);
  }

  #late(): TimeoutError {
    const { operation, timeout } = this.#request;
    const what = this.#begun ? "the answer did not end" : "no answer";
    return new TimeoutError(`${operation}: ${what} within ${timeout} ms`);
  }

  /** Why the call was ended early, if it was. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** There is no connection yet. */
  connecting(): void {
    if (this.#over || this.#reason) return;
    const { connectTimeout, late } = this.#limit;
    this.#connecting ??= setTimeout(() => this.end(late(this.#obstacle)), connectTimeout);
  }

  /** Notes why an attempt to connect was in vain, in case there is no time for another. */
  hindered(obstacle: string): void {
    this.#obstacle = obstacle;
  }

  /** There is one, ready to be written to. */
  connected(): void {
    clearTimeout(this.#connecting);
    this.#connecting = undefined;
  }

  /** The answer has begun. */
  answered({ status, body }: EngineResponse): void {
    this.#begun = true;
    this.connected();
    const { operation, timeoutCovers, idleTimeout } = this.#request;
    // Anything but a success, such as a redirection on the way, has a body that is read as a failure's.
    if (status < 300 && timeoutCovers === "head") clearTimeout(this.#answering);
    if (idleTimeout === undefined) return;
    this.#stopIdle = onIdle(body, idleTimeout, () =>
      this.end(new TimeoutError(`${operation}: the Engine sent nothing for ${idleTimeout} ms`)),
    );
  }

  /** Nothing of the call is left. */
  over(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopWaiting();
    for (const act of this.#onOver) act();
  }

  /** Ends the call, in whatever state it is. */
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
    this.#stopAbort?.();
  }

  /** Has something done when the call is ended early; at once, if it has been. */
  onEnd(act: (reason: Error) => void): void {
    if (this.#reason) act(this.#reason);
    else this.#onEnd.push(act);
  }

  /** Has something done when nothing of the call is left; at once, if nothing is. */
  onOver(act: () => void): void {
    if (this.#over) act();
    else this.#onOver.push(act);
  }
}
