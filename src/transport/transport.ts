import type { Duplex } from "node:stream";
import type { Endpoint, ResolvedConfig } from "../config/index.js";
import { AbortedError, isDockerError, TimeoutError } from "../errors.js";
import { connectionFailure, placeOf } from "./connection-failure.js";
import { dialer } from "./dial/dial.js";
import { EngineAgent } from "./engine-agent.js";
import { exchange } from "./exchange.js";
import { askInProcess, inProcessEngine } from "./in-process.js";
import { Watch } from "./lifetime.js";
import type { EngineRequest } from "./request.js";
import type { EngineResponse } from "./response.js";
import { MOST_SSH_CONNECTIONS, SshAgent } from "./ssh/agent.js";
import { upgrade } from "./upgrade.js";
import { websocket } from "./websocket.js";

/** Where the Engine is, and how long connecting to it may take. */
export type Destination = Pick<ResolvedConfig, "endpoint" | "connectTimeout">;

/** Sends requests to one Engine over node:http, on connections that are kept for the next call. */
export class Transport {
  readonly #resolve: () => Destination;
  readonly #running = new Set<Watch>();
  #found: (Destination & { readonly agent: EngineAgent }) | undefined;
  #closed = false;

  /** `resolve` is asked at the first call, and may fail with a ConfigError. */
  constructor(resolve: () => Destination) {
    this.#resolve = resolve;
  }

  /** Sends a request; resolves when the answer's headers are there. Rejects with a DockerError. */
  send(wire: EngineRequest): Promise<EngineResponse> {
    return this.#watched(wire, ({ endpoint, agent }, watch) => exchange(agent, endpoint, wire, watch));
  }

  /** Sends a request for an upgraded connection; the body of a 101 is the connection itself. */
  upgrade(wire: EngineRequest): Promise<EngineResponse> {
    return this.#open(wire, upgrade);
  }

  /** Sends a request for a WebSocket; the body of a 101 is its two-way stream. */
  websocket(wire: EngineRequest): Promise<EngineResponse> {
    return this.#open(wire, websocket);
  }

  #open(wire: EngineRequest, ask: typeof upgrade | typeof websocket): Promise<EngineResponse> {
    return this.#watched(wire, ({ endpoint, agent }, watch) => {
      const dial = async (): Promise<Duplex> => {
        watch.connecting();
        try {
          return await agent.dial(watch);
        } catch (error) {
          throw isDockerError(error) ? error : connectionFailure(endpoint, error as Error);
        }
      };
      return ask(dial, endpoint, wire, watch);
    });
  }

  /** Does the work of a call under a watch, which ends when the call has failed or nothing of it is left. */
  async #watched(
    wire: EngineRequest,
    work: (engine: Destination & { readonly agent: EngineAgent }, watch: Watch) => Promise<EngineResponse>,
  ): Promise<EngineResponse> {
    const { operation, signal } = wire;
    if (this.#closed) throw new AbortedError(`${operation}: this client was closed`);
    if (signal?.aborted) throw AbortedError.of(signal, operation);
    const engine = this.#engine();
    const { endpoint, connectTimeout, agent } = engine;
    const watch = new Watch(wire, { connectTimeout, late: () => tooLate(endpoint, connectTimeout, agent) });
    this.#running.add(watch);
    watch.onOver(() => this.#running.delete(watch));
    try {
      const inProcess = inProcessEngine(endpoint);
      return await (inProcess ? askInProcess(inProcess, endpoint, wire, watch) : work(engine, watch));
    } catch (error) {
      watch.over();
      throw error;
    }
  }

  /** Ends idle and running connections; later calls are refused. */
  close(): void {
    this.#closed = true;
    for (const watch of this.#running) watch.end(new AbortedError("The client was closed"));
    this.#found?.agent.destroy();
  }

  /** Where the Engine is, and the connections to it. */
  #engine() {
    if (this.#found) return this.#found;
    const { endpoint, connectTimeout } = this.#resolve();
    const agent =
      endpoint.kind === "ssh"
        ? new SshAgent(endpoint, connectTimeout)
        : new EngineAgent(dialer(endpoint), { tls: endpoint.kind === "tcp" && endpoint.tls !== undefined });
    this.#found = { endpoint, connectTimeout, agent };
    return this.#found;
  }
}

function tooLate(endpoint: Endpoint, connectTimeout: number, agent: EngineAgent): TimeoutError {
  const advice =
    agent instanceof SshAgent && agent.full
      ? `All ${MOST_SSH_CONNECTIONS} connections over ssh are busy: end a stream, raise connectTimeout, or use a second client.`
      : "Check the address and the network on the way, or raise connectTimeout.";
  return new TimeoutError(
    `No connection to a Docker Engine ${placeOf(endpoint)} within ${connectTimeout} ms. ${advice}`,
  );
}
