import { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import type { Duplex } from "node:stream";
import { type Dial, TCP_KEEP_ALIVE_MS } from "./dial/dial.js";
import type { Lifetime } from "./lifetime.js";

/** What a request tells the agent beside node:http's own options. */
export interface DialOptions extends RequestOptions {
  /** Of the call that the request is for. */
  readonly lifetime: Lifetime;
}

type Created = (error: Error | null, stream: Duplex) => void;

/** Keeps connections for the next call. They are opened by us, so that ordinary calls and upgrades have the same ones. */
export class EngineAgent extends Agent {
  readonly #dial: Dial;

  constructor(dial: Dial, { tls = false, maxSockets = Number.POSITIVE_INFINITY } = {}) {
    super({ keepAlive: true, keepAliveMsecs: TCP_KEEP_ALIVE_MS, scheduling: "lifo", maxSockets });
    this.#dial = dial;
    // As node:https's agent has it: node:http compares them with the request's, and leaves this port out of Host.
    if (tls) Object.assign(this, { protocol: "https:", defaultPort: 443 });
  }

  /**
   * Opens a connection: for node:http when no idle one is left, and for a call that needs one of its own. At once where
   * it can be, so that node:http's count is right.
   */
  override createConnection(options: object, created?: Created): Duplex | undefined {
    const connection = this.#dial((options as DialOptions).lifetime);
    if (!(connection instanceof Promise)) return connection;
    connection.then(
      (stream) => created?.(null, stream),
      (error: Error) => created?.(error, undefined as never),
    );
    return undefined;
  }

  /** Ends idle connections: when one was found dead, as after a restart of the Engine, the others are in doubt. */
  forgetIdle(): void {
    for (const idle of Object.values(this.freeSockets)) for (const socket of idle ?? []) socket.destroy();
  }
}
