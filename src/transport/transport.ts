import type { Endpoint, ResolvedConfig } from "../config/index.js";
import { AbortedError, isDockerError, TimeoutError } from "../errors.js";
import { connectionFailure, placeOf } from "./connection-failure.js";
import { dialer } from "./dial/dial.js";
import { EngineAgent } from "./engine-agent.js";
import { exchange } from "./exchange.js";
import { askInProcess, type InProcessEngine, inProcessEngine } from "./in-process.js";
import { Lifetime, Lifetimes } from "./lifetime.js";
import type { EngineRequest } from "./request.js";
import type { EngineResponse } from "./response.js";
import { MOST_SSH_CONNECTIONS, SshAgent } from "./ssh/agent.js";
import { upgrade } from "./upgrade.js";
import { websocket } from "./websocket.js";

/** Where the Engine is, and how long connecting to it may take. */
export type Destination = Pick<ResolvedConfig, "endpoint" | "connectTimeout">;

/** The Engine's address, and the connections to it, unless it is inside this process. */
interface Connected extends Destination {
  readonly agent: EngineAgent;
  readonly inProcess: InProcessEngine | undefined;
}

/** Sends requests to one Engine over node:http, and keeps connections for the next call. */
export class Transport {
  readonly #resolve: () => Destination;
  readonly #running = new Lifetimes();
  #found: Connected | undefined;
  #closed = false;

  /** `resolve` is called at the first call, and may throw a ConfigError. */
  constructor(resolve: () => Destination) {
    this.#resolve = resolve;
  }

  /** Sends a request; resolves when the answer's headers have arrived. Rejects with a DockerError. */
  send(request: EngineRequest): Promise<EngineResponse> {
    return this.#carryOut(request, exchange);
  }

  /** Requests an upgraded connection; if the response is `upgraded`, it is its `connection`. */
  upgrade(request: EngineRequest): Promise<EngineResponse> {
    return this.#carryOut(request, upgrade);
  }

  /** Requests a WebSocket; if the response is `upgraded`, its two-way stream is its `connection`. */
  websocket(request: EngineRequest): Promise<EngineResponse> {
    return this.#carryOut(request, websocket);
  }

  /** Sends a request in one of the three ways, within a lifetime that ends if it fails. */
  async #carryOut(request: EngineRequest, way: typeof exchange): Promise<EngineResponse> {
    const { operation, signal } = request.settings;
    if (this.#closed) throw new AbortedError(`${operation}: this client was closed`);
    if (signal?.aborted) throw AbortedError.of(signal, operation);
    const { endpoint, connectTimeout, agent, inProcess } = this.#engine();
    const lifetime = new Lifetime(request.settings, {
      connectTimeout,
      late: (obstacle) => tooLate(endpoint, connectTimeout, agent, obstacle),
    });
    this.#running.add(lifetime);
    try {
      return await (inProcess
        ? askInProcess(inProcess, request, lifetime)
        : way(agent, endpoint, request, lifetime));
    } catch (error) {
      lifetime.over();
      throw isDockerError(error) ? error : connectionFailure(endpoint, error as Error);
    }
  }

  /** Closes all connections; later calls are refused. */
  close(): void {
    this.#closed = true;
    this.#running.end(() => new AbortedError("The client was closed"));
    this.#found?.agent.destroy();
  }

  #engine(): Connected {
    if (this.#found) return this.#found;
    const { endpoint, connectTimeout } = this.#resolve();
    const agent =
      endpoint.kind === "ssh"
        ? new SshAgent(endpoint, connectTimeout)
        : new EngineAgent(dialer(endpoint), { tls: endpoint.kind === "tcp" && endpoint.tls !== undefined });
    this.#found = { endpoint, connectTimeout, agent, inProcess: inProcessEngine(endpoint) };
    return this.#found;
  }
}

function tooLate(
  endpoint: Endpoint,
  connectTimeout: number,
  agent: EngineAgent,
  obstacle: string | undefined,
): TimeoutError {
  const advice =
    agent instanceof SshAgent && agent.full
      ? `All ${MOST_SSH_CONNECTIONS} connections over ssh are busy: end a stream, raise connectTimeout, or use a second client.`
      : obstacle === "ENOENT"
        ? "There is no such pipe (ENOENT): start Docker, or name another pipe."
        : obstacle
          ? `It has too many connections (${obstacle}): make fewer calls at once, or raise connectTimeout.`
          : "Check the address and the network on the way, or raise connectTimeout.";
  return new TimeoutError(
    `No connection to a Docker Engine ${placeOf(endpoint)} within ${connectTimeout} ms. ${advice}`,
  );
}
