import type { ResolvedConfig } from "../config/index.js";
import { AbortedError, isDockerError, TimeoutError } from "../errors.js";
import { connectionFailure, placeOf } from "./connection-failure.js";
import type { Connections, Way } from "./connections.js";
import { diagnose } from "./diagnostics.js";
import { askInProcess, type InProcessEngine, inProcessEngine } from "./in-process.js";
import { Lifetime, Lifetimes } from "./lifetime.js";
import { type Observer, observe } from "./observation.js";
import type { EngineRequest } from "./request.js";
import type { EngineResponse } from "./response.js";

/**
 * The member of a client by which the test kit reaches its transport. Registered globally: the two may belong to different
 * copies of this package.
 */
export const TRANSPORT = Symbol.for("docker-engine-sdk.Transport");

/** Where the Engine is, and how long connecting to it may take. */
export type Destination = Pick<ResolvedConfig, "endpoint" | "connectTimeout">;

/** An Engine inside this process, or the connections to one. */
interface Reached extends Destination {
  readonly inProcess?: InProcessEngine;
  readonly connections?: Connections;
}

/** Sends requests to one Engine over node:http, and keeps connections for the next call. */
export class Transport {
  readonly #resolve: () => Destination;
  readonly #running = new Lifetimes();
  readonly #observers: Observer[] = [diagnose];
  #reached: Reached | undefined;
  #closed = false;

  /** `resolve` is called at the first call, and may throw a ConfigError. */
  constructor(resolve: () => Destination) {
    this.#resolve = resolve;
  }

  /** Sends a request; resolves when the answer's headers have arrived. Rejects with a DockerError. */
  send(request: EngineRequest): Promise<EngineResponse> {
    return this.#carryOut(request, "exchange");
  }

  /** Requests an upgraded connection; if the response is `upgraded`, it is its `connection`. */
  upgrade(request: EngineRequest): Promise<EngineResponse> {
    return this.#carryOut(request, "upgrade");
  }

  /** Requests a WebSocket; if the response is `upgraded`, its two-way stream is its `connection`. */
  websocket(request: EngineRequest): Promise<EngineResponse> {
    return this.#carryOut(request, "websocket");
  }

  /** Sends a request in one of the three ways, within a lifetime that ends if it fails. */
  async #carryOut(request: EngineRequest, way: Way): Promise<EngineResponse> {
    this.#refuse(request);
    const reached = this.#reached ?? (await this.#reach());
    // Either may have happened while the connections were loaded.
    this.#refuse(request);
    const { endpoint, inProcess, connections } = reached;
    const lifetime = new Lifetime(request.settings, {
      connectTimeout: reached.connectTimeout,
      late: (obstacle) => tooLate(reached, obstacle),
    });
    this.#running.add(lifetime);
    const observation = observe(this.#observers, request, endpoint, lifetime);
    try {
      const response = await (connections?.send(way, request, lifetime) ??
        askInProcess(inProcess as InProcessEngine, request, lifetime));
      observation?.answered(response);
      return response;
    } catch (error) {
      lifetime.over();
      const failure = isDockerError(error) ? error : connectionFailure(endpoint, error as Error);
      observation?.failed(failure);
      throw failure;
    }
  }

  /** Shows an observer every request from now on. Returns a function that stops it. */
  observe(observer: Observer): () => void {
    this.#observers.push(observer);
    return () => {
      const place = this.#observers.indexOf(observer);
      if (place >= 0) this.#observers.splice(place, 1);
    };
  }

  /** Refuses a request that nobody waits for. */
  #refuse({ settings: { operation, signal } }: EngineRequest): void {
    if (this.#closed) throw new AbortedError(`${operation}: this client was closed`);
    if (signal?.aborted) throw AbortedError.of(signal, operation);
  }

  /** Finds the Engine. Connections to it are opened when a request needs one. */
  async #reach(): Promise<Reached> {
    const { endpoint, connectTimeout } = this.#resolve();
    const inProcess = inProcessEngine(endpoint);
    if (inProcess) this.#reached = { endpoint, connectTimeout, inProcess };
    else {
      const { Connections } = await import("./connections.js");
      // Another call may have been faster.
      this.#reached ??= {
        endpoint,
        connectTimeout,
        connections: new Connections(endpoint, connectTimeout),
      };
    }
    return this.#reached;
  }

  /** Closes all connections; later calls are refused. */
  close(): void {
    this.#closed = true;
    this.#running.end(() => new AbortedError("The client was closed"));
    this.#reached?.connections?.close();
  }
}

function tooLate(
  { endpoint, connectTimeout, connections }: Reached,
  obstacle: string | undefined,
): TimeoutError {
  const limit = connections?.limitReached;
  const advice = limit
    ? `All ${limit} connections over ssh are busy: end a stream, raise connectTimeout, or use a second client.`
    : obstacle === "ENOENT"
      ? "There is no such pipe (ENOENT): start Docker, or name another pipe."
      : obstacle
        ? `It has too many connections (${obstacle}): make fewer calls at once, or raise connectTimeout.`
        : "Check the address and the network on the way, or raise connectTimeout.";
  return new TimeoutError(
    `No connection to a Docker Engine ${placeOf(endpoint)} within ${connectTimeout} ms. ${advice}`,
  );
}
