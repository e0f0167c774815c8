import { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import type { Duplex } from "node:stream";
import { type Dial, TCP_KEEP_ALIVE_MS } from "./dial/dial.js";
import type { Lifetime } from "./lifetime.js";

/** Options a request passes to the agent in addition to node:http's. */
export interface DialOptions extends RequestOptions {
  /** The lifetime of the request's call. */
  readonly lifetime: Lifetime;
}

type Created = (error: Error | null, stream: Duplex) => void;

/** Keeps connections for the next call. It opens them itself, in the same way for ordinary calls and upgrades. */
export class EngineAgent extends Agent {
  readonly #dial: Dial;

  constructor(dial: Dial, { tls = false, maxSockets = Number.POSITIVE_INFINITY } = {}) {
    super({ keepAlive: true, keepAliveMsecs: TCP_KEEP_ALIVE_MS, scheduling: "lifo", maxSockets });
    this.#dial = dial;
    // Like node:https's agent: node:http compares them with the request's, and omits this port from Host.
    if (tls) Object.assign(this, { protocol: "https:", defaultPort: 443 });
  }

  /**
   * Opens a connection: for node:http when none is idle, and for a call that needs a dedicated one. Synchronously where
   * possible: node:http counts it correctly then, and nock takes no other.
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

  /** Closes idle connections: if one was dead, as after a restart of the Engine, the others may be too. */
  forgetIdle(): void {
    for (const idle of Object.values(this.freeSockets)) for (const socket of idle ?? []) socket.destroy();
  }
}

/**
 * Opens a connection of its own for each request that is upgraded. An agent, not the option createConnection, which mocks
 * of node:http do not keep: they would let the request through to another address.
 */
export class DedicatedAgent extends Agent {
  readonly #agent: EngineAgent;

  constructor(agent: EngineAgent) {
    super();
    this.#agent = agent;
    // It may serve node:http or node:https: TLS, if any, is part of the connection.
    Object.assign(this, { protocol: undefined });
  }

  override createConnection(options: object, created?: Created): Duplex | undefined {
    return this.#agent.createConnection(options, created);
  }
}
