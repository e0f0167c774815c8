import {
  type AgentOptions,
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from "node:https";
import { type Duplex, Readable } from "node:stream";
import type { Endpoint } from "../config/index.js";
import { AbortedError, ArgumentError, isDockerError } from "../errors/index.js";
import { connectionFailure } from "./connection-failure.js";
import { dial, TCP_KEEP_ALIVE_MS, tlsOptions } from "./dial.js";
import { SshAgent } from "./ssh-agent.js";
import { upgrade } from "./upgrade.js";
import { watch } from "./watch.js";
import { websocket } from "./websocket.js";
import { pathOf } from "./wire-address.js";
import type { WireRequest } from "./wire-request.js";
import { WireResponse } from "./wire-response.js";

/** The ways to reach an Engine: connections that are kept, and ones of their own. */
interface Connections {
  readonly endpoint: Endpoint;
  readonly agent: HttpAgent;
  readonly dial: () => Promise<Duplex>;
}

/** Sends requests to one Engine over node:http, on connections that are kept for the next call. */
export class Transport {
  readonly #resolve: () => Endpoint;
  readonly #running = new Set<(reason: Error) => void>();
  #found: Connections | undefined;
  #closed = false;

  /** `resolve` is asked at the first call, and may fail with a ConfigError. */
  constructor(resolve: () => Endpoint) {
    this.#resolve = resolve;
  }

  /** Sends a request; resolves when the answer's headers are there. Rejects with a DockerError. */
  send(wire: WireRequest): Promise<WireResponse> {
    const { operation, signal } = wire;
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new AbortedError(`${operation}: this client was closed`));
      if (signal?.aborted) return reject(AbortedError.of(signal, operation));
      const { endpoint } = this.#engine();
      const request = this.#request(wire);
      let response: IncomingMessage | undefined;
      const end = (reason: Error): void => {
        (response ?? request).destroy(reason);
      };
      const { answered, finished } = watch(wire, end);
      this.#running.add(end);
      request.once("close", () => {
        finished();
        this.#running.delete(end);
      });
      request.on("error", (error) => {
        reject(isDockerError(error) ? error : connectionFailure(endpoint, error));
      });
      request.once("response", (message) => {
        answered();
        response = message;
        // A body that breaks before anyone reads it keeps its error for the reader; unheard, it would end the process.
        message.on("error", () => undefined);
        const { statusCode: status = 0, rawHeaders } = message;
        resolve(new WireResponse({ status, rawHeaders, body: message }, operation));
      });
      writeBody(request, wire);
    });
  }

  /** Sends a request for an upgraded connection; the body of a 101 is the connection itself. */
  upgrade(wire: WireRequest): Promise<WireResponse> {
    return this.#open(wire, upgrade);
  }

  /** Sends a request for a WebSocket; the body of a 101 is its two-way stream. */
  websocket(wire: WireRequest): Promise<WireResponse> {
    return this.#open(wire, websocket);
  }

  async #open(wire: WireRequest, ask: typeof upgrade | typeof websocket): Promise<WireResponse> {
    const { operation, signal } = wire;
    if (this.#closed) throw new AbortedError(`${operation}: this client was closed`);
    if (signal?.aborted) throw AbortedError.of(signal, operation);
    const { endpoint, dial } = this.#engine();
    const { end, response, closed } = await ask(dial, endpoint, wire);
    this.#running.add(end);
    closed.then(() => this.#running.delete(end));
    return response;
  }

  /** Ends idle and running connections; later calls are refused. */
  close(): void {
    this.#closed = true;
    for (const end of this.#running) end(new AbortedError("The client was closed"));
    this.#found?.agent.destroy();
  }

  /** Where the Engine is, and the connections to it. */
  #engine() {
    if (this.#found) return this.#found;
    const endpoint = this.#resolve();
    const options = { keepAlive: true, keepAliveMsecs: TCP_KEEP_ALIVE_MS, scheduling: "lifo" } as const;
    this.#found = connections(endpoint, options);
    return this.#found;
  }

  #request({ method, url, headers }: WireRequest): ClientRequest {
    const { endpoint, agent } = this.#engine();
    const options: RequestOptions = { method, headers: { ...headers }, agent, path: pathOf(endpoint, url) };
    switch (endpoint.kind) {
      case "unix":
        return httpRequest({ ...options, socketPath: endpoint.socketPath });
      case "npipe":
        return httpRequest({ ...options, socketPath: endpoint.path });
      case "tcp": {
        const { hostname, port, tls } = endpoint;
        return (tls ? httpsRequest : httpRequest)({ ...options, hostname, port });
      }
      case "ssh":
        return httpRequest(options);
    }
  }
}

function connections(endpoint: Endpoint, options: AgentOptions): Connections {
  if (endpoint.kind === "ssh") {
    const agent = new SshAgent(endpoint, options);
    return { endpoint, agent, dial: () => agent.dial() };
  }
  const tls = endpoint.kind === "tcp" ? endpoint.tls : undefined;
  const agent = tls ? new HttpsAgent({ ...options, ...tlsOptions(tls) }) : new HttpAgent(options);
  return { endpoint, agent, dial: async () => dial(endpoint) };
}

function writeBody(request: ClientRequest, { body, operation }: WireRequest): void {
  if (body === undefined || body instanceof Uint8Array) {
    request.end(body);
    return;
  }
  const source = Readable.from(body, { objectMode: false });
  source.on("error", (error) => {
    const reason = isDockerError(error)
      ? error
      : new ArgumentError(`${operation}: reading the body failed: ${error.message}`, { cause: error });
    request.destroy(reason);
  });
  // An Engine that answers early, or a connection that fails, ends the reading of the body too.
  request.once("close", () => source.destroy());
  source.pipe(request);
}
