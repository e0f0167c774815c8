import { onAbort } from "../abort.js";
import { AbortedError, TimeoutError } from "../errors.js";
import { onIdle } from "./idle.js";
import type { EngineRequest } from "./request.js";
import type { EngineResponse } from "./response.js";

/** How long a call may wait for its connection, and the error after that. */
export interface ConnectLimit {
  /** Milliseconds. */
  readonly connectTimeout: number;
  readonly late: (obstacle: string | undefined) => Error;
}

/**
 * The life of one call, from the request for a connection to the end of the body or stream. Its signal, or closing the
 * client, ends it at any time; `connectTimeout` if there is no connection; `timeout` if the answer (for streams, its
 * head) is incomplete; `idleTimeout` if the body stalls.
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
    // First, because it throws if that is not a signal.
    if (signal) this.#stopAbort = onAbort(signal, () => this.end(AbortedError.of(signal, operation)));
    if (timeout !== undefined) this.#answering = setTimeout(() => this.end(this.#late()), timeout);
  }

  #late(): TimeoutError {
    const { operation, timeout } = this.#request;
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

  /** Notes why an attempt to connect failed, in case there is no time for another. */
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
    const { operation, timeoutCovers, idleTimeout } = this.#request;
    // Anything but a success, such as a redirection on the way, has a body that is read as a failure's.
    if (status < 300 && timeoutCovers === "head") clearTimeout(this.#answering);
    if (idleTimeout === undefined) return;
    this.#stopIdle = onIdle(body, idleTimeout, () =>
      this.end(new TimeoutError(`${operation}: the Engine sent nothing for ${idleTimeout} ms`)),
    );
  }

  /** Call it when nothing of the call is left. */
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
    this.#stopAbort?.();
  }

  /** Calls `act` when the call ends early; at once if it has. */
  onEnd(act: (reason: Error) => void): void {
    if (this.#reason) act(this.#reason);
    else this.#onEnd.push(act);
  }

  /** Calls `act` when nothing of the call is left; at once if that is so. */
  onOver(act: () => void): void {
    if (this.#over) act();
    else this.#onOver.push(act);
  }
}
