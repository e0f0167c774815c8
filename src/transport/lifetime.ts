import { AbortedError, TimeoutError } from "../errors.js";
import type { EngineRequest } from "./request.js";

/** How long a call may wait for its connection, and what to say when it has. */
export interface ConnectLimit {
  /** Milliseconds. */
  readonly connectTimeout: number;
  readonly late: () => Error;
}

/**
 * The watch over one call, from the wish for a connection to the end of the body or of the stream. It ends the call
 * when its signal fires or the client is closed, at any time; when there is no connection within `connectTimeout`; and
 * when the answer does not begin within the call's `timeout`.
 */
export class Watch {
  readonly #wire: EngineRequest;
  readonly #limit: ConnectLimit;
  #connecting: NodeJS.Timeout | undefined;
  readonly #answering: NodeJS.Timeout | undefined;
  readonly #onEnd: ((reason: Error) => void)[] = [];
  readonly #onOver: (() => void)[] = [];
  #aborted: (() => void) | undefined;
  #reason: Error | undefined;
  #over = false;

  constructor(wire: EngineRequest, limit: ConnectLimit) {
    this.#wire = wire;
    this.#limit = limit;
    const { operation, signal, timeout } = wire;
    if (timeout !== undefined) {
      const unanswered = (): void =>
        this.end(new TimeoutError(`${operation}: no answer within ${timeout} ms`));
      this.#answering = setTimeout(unanswered, timeout);
    }
    if (signal) {
      this.#aborted = () => this.end(AbortedError.of(signal, operation));
      signal.addEventListener("abort", this.#aborted, { once: true });
    }
  }

  /** Why the call was ended early, if it was. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** There is no connection yet. */
  connecting(): void {
    const { connectTimeout, late } = this.#limit;
    this.#connecting ??= setTimeout(() => this.end(late()), connectTimeout);
  }

  /** There is one, ready to be written to. */
  connected(): void {
    clearTimeout(this.#connecting);
    this.#connecting = undefined;
  }

  /** The answer has begun. */
  answered(): void {
    this.connected();
    clearTimeout(this.#answering);
  }

  /** Nothing of the call is left. */
  over(): void {
    if (this.#over) return;
    this.#over = true;
    this.answered();
    if (this.#aborted) this.#wire.signal?.removeEventListener("abort", this.#aborted);
    for (const act of this.#onOver) act();
  }

  /** Ends the call, in whatever state it is. */
  end(reason: Error): void {
    if (this.#over || this.#reason) return;
    this.#reason = reason;
    this.answered();
    for (const act of this.#onEnd) act(reason);
  }

  /** Has something done when the call is ended early; at once, if it has been. */
  onEnd(act: (reason: Error) => void): void {
    if (this.#reason) act(this.#reason);
    else this.#onEnd.push(act);
  }

  /** Has something done when nothing of the call is left. */
  onOver(act: () => void): void {
    this.#onOver.push(act);
  }
}
