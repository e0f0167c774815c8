import { Agent, type ClientRequest } from "node:http";
import type { RequestOptions } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Dial } from "./dial/dial.js";
import type { Lifetime } from "./lifetime.js";

/** Options a request passes to the agent in addition to node:http's. */
export interface DialOptions extends RequestOptions {
  /** The lifetime of the request's call. */
  readonly lifetime: Lifetime;
}

type Created = (error: Error | null, stream: Duplex) => void;

/** After a burst of calls no more are kept. node:http's agent has the same limit. */
export const MOST_IDLE_CONNECTIONS = 256;

/**
 * Opens connections, in the same way for ordinary calls and upgrades, and keeps the ordinary ones for later calls.
 *
 * It replaces what an Agent does for each request: with lists of connections by address and listeners on each, node:http's
 * own takes a fifth of a small call's time, and there is only one address.
 */
export class EngineAgent extends Agent {
  readonly #dial: Dial;
  /** The most recently used one goes first: it is the least likely to have been closed. */
  readonly #idle: Duplex[] = [];
  /** The last request of each connection. */
  readonly #requests = new WeakMap<Duplex, ClientRequest>();
  #closed = false;

  constructor(dial: Dial, { tls = false } = {}) {
    super({ keepAlive: true });
    this.#dial = dial;
    // Like node:https's agent: node:http compares them with the request's, and omits this port from Host.
    if (tls) Object.assign(this, { protocol: "https:", defaultPort: 443 });
  }

  /** Gives a request a connection. node:http calls it, like for any agent. */
  addRequest(request: ClientRequest, options: object): void {
    const kept = this.#takeIdle();
    if (kept) this.give(kept, request);
    else this.open(request, options);
  }

  /** Opens a connection for a request. */
  protected open(request: ClientRequest, options: object): void {
    const opened = this.createConnection(options, (error, stream) => {
      // Like node:http's agent.
      if (error) process.nextTick(() => request.emit("error", error));
      else this.#manage(stream, request);
    });
    if (opened) this.#manage(opened, request);
  }

  /** Gives a request a kept connection. */
  protected give(kept: Duplex, request: ClientRequest): void {
    kept.off("data", close);
    (kept as Socket).ref();
    request.reusedSocket = true;
    this.#serve(request, kept);
  }

  /**
   * Opens a connection: for node:http when none is idle, and for a call that needs a dedicated one. Synchronously where
   * possible: nock takes no other.
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

  #manage(connection: Duplex, request: ClientRequest): void {
    // An idle one may fail; unhandled, it would end the process.
    connection.on("error", () => undefined);
    // Emitted by node:http when the connection can serve another request. As in its agent, this counts only after an
    // answer: a connection whose request was destroyed before it was sent may not even be connected.
    connection.on("free", () => {
      if (this.#requests.get(connection)?.socket) this.freed(connection);
      else connection.destroy();
    });
    connection.once("close", () => this.#remove(connection));
    // Sockets close by themselves; a caller's stream may stay half-open, and the next request would wait forever.
    connection.once("end", () => {
      if (this.#remove(connection)) connection.destroy();
    });
    this.#serve(request, connection);
  }

  #serve(request: ClientRequest, connection: Duplex): void {
    this.#requests.set(connection, request);
    request.onSocket(connection as Socket);
  }

  /** Keeps a connection that its request no longer needs, without keeping the process running for it. */
  protected freed(connection: Duplex): void {
    if (this.#closed || !isUsable(connection) || this.#idle.length >= MOST_IDLE_CONNECTIONS) {
      connection.destroy();
      return;
    }
    // Anything that arrives now answers no request, and must not be read as the next answer: a 408, or worse, a forged one.
    connection.on("data", close);
    (connection as Socket).unref();
    this.#idle.push(connection);
  }

  /** The idle connection used last. One that is about to close is passed over: a request on it would fail. */
  #takeIdle(): Duplex | undefined {
    let kept = this.#idle.pop();
    while (kept && !isUsable(kept)) {
      kept.destroy();
      kept = this.#idle.pop();
    }
    return kept;
  }

  /** Whether it was idle. */
  #remove(connection: Duplex): boolean {
    const place = this.#idle.indexOf(connection);
    if (place < 0) return false;
    this.#idle.splice(place, 1);
    return true;
  }

  /** Closes an idle connection, so that another can take its place. */
  protected closeIdle(): void {
    this.#idle.at(-1)?.destroy();
  }

  /** Closes idle connections: if one was dead, as after a restart of the Engine, the others may be too. */
  forgetIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  /** Closes idle connections, and each of the others after its answer. */
  override destroy(): void {
    this.#closed = true;
    this.forgetIdle();
  }
}

/** Whether a connection can carry another request and its answer. */
export const isUsable = ({ writable, readableEnded, readableLength }: Duplex): boolean =>
  writable && !readableEnded && !(readableLength > 0);

/** A listener of an idle connection; one function for all, so that it can be removed. */
function close(this: Duplex): void {
  this.destroy();
}

/**
 * Opens a separate connection for each upgraded request. It is an agent because mocks of node:http drop the option
 * createConnection, and would let the request through to another address.
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
