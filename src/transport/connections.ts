import type { Endpoint } from "../config/index.js";
import { dialer } from "./dial/dial.js";
import { EngineAgent } from "./engine-agent.js";
import { exchange } from "./exchange.js";
import type { Lifetime } from "./lifetime.js";
import type { EngineRequest } from "./request.js";
import type { EngineResponse } from "./response.js";
import { MOST_SSH_CONNECTIONS, SshAgent } from "./ssh/agent.js";
import { upgrade } from "./upgrade.js";
import { websocket } from "./websocket.js";

const ways = { exchange, upgrade, websocket };

/** How a request is sent: for an answer, for an upgraded connection, or for a WebSocket. */
export type Way = keyof typeof ways;

/** The connections to an Engine, and the requests on them. Loaded at the first call, because node:http loads slowly. */
export class Connections {
  readonly #endpoint: Endpoint;
  readonly #agent: EngineAgent;

  constructor(endpoint: Endpoint, connectTimeout: number) {
    this.#endpoint = endpoint;
    this.#agent =
      endpoint.kind === "ssh"
        ? new SshAgent(endpoint, connectTimeout)
        : new EngineAgent(dialer(endpoint), { tls: endpoint.kind === "tcp" && endpoint.tls !== undefined });
  }

  /** Sends a request in one of the three ways; resolves when the answer's headers have arrived. */
  send(way: Way, request: EngineRequest, lifetime: Lifetime): Promise<EngineResponse> {
    return ways[way](this.#agent, this.#endpoint, request, lifetime);
  }

  /** The maximum number of connections, if that many are open and none is free. */
  get limitReached(): number | undefined {
    return this.#agent instanceof SshAgent && this.#agent.full ? MOST_SSH_CONNECTIONS : undefined;
  }

  /** Closes idle connections at once, and the others after their answers. */
  close(): void {
    this.#agent.destroy();
  }
}
