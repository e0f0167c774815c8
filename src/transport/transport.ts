import {
  Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Readable } from "node:stream";
import type { Endpoint } from "../config/index.js";
import { AbortedError, ArgumentError, isDockerError } from "../errors/index.js";
import { connectionFailure } from "./connection-failure.js";
import { TCP_KEEP_ALIVE_MS } from "./dial.js";
import { type Upgrade, upgrade } from "./upgrade.js";
import { watch } from "./watch.js";
import { websocket } from "./websocket.js";
import { pathOf } from "./wire-address.js";
import type { WireRequest } from "./wire-request.js";
import { WireResponse } from "./wire-response.js";

/** Sends requests to one Engine over node:http, on connections that are kept for the next call. */
export class Transport {
  readonly #endpoint: Endpoint;
  readonly #agent = new Agent({ keepAlive: true, keepAliveMsecs: TCP_KEEP_ALIVE_MS, scheduling: "lifo" });
  readonly #running = new Set<(reason: Error) => void>();
  #closed = false;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** Sends a request; resolves when the answer's headers are there. Rejects with a DockerError. */
  send(wire: WireRequest): Promise<WireResponse> {
    const { operation, signal } = wire;
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new AbortedError(`${operation}: this client was closed`));
      if (signal?.aborted) return reject(AbortedError.of(signal, operation));
      let request: ClientRequest;
      try {
        request = httpRequest(this.#options(wire));
      } catch (error) {
        return reject(new ArgumentError(`${operation}: ${(error as Error).message}`, { cause: error }));
      }
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
        reject(isDockerError(error) ? error : connectionFailure(this.#endpoint, error));
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
    return this.#open(wire, () => upgrade(this.#endpoint, wire));
  }

  /** Sends a request for a WebSocket; the body of a 101 is its two-way stream. */
  websocket(wire: WireRequest): Promise<WireResponse> {
    return this.#open(wire, () => websocket(this.#endpoint, wire));
  }

  async #open(
    { operation, signal }: WireRequest,
    make: () => Upgrade | Promise<Upgrade>,
  ): Promise<WireResponse> {
    if (this.#closed) throw new AbortedError(`${operation}: this client was closed`);
    if (signal?.aborted) throw AbortedError.of(signal, operation);
    const { end, response, closed } = await make();
    this.#running.add(end);
    closed.then(() => this.#running.delete(end));
    return response;
  }

  /** Ends idle and running connections; later calls are refused. */
  close(): void {
    this.#closed = true;
    for (const end of this.#running) end(new AbortedError("The client was closed"));
    this.#agent.destroy();
  }

  #options({ method, url, headers }: WireRequest): RequestOptions {
    const endpoint = this.#endpoint;
    const shared = { method, headers: { ...headers }, agent: this.#agent };
    const path = pathOf(endpoint, url);
    if (endpoint.kind === "unix") return { ...shared, socketPath: endpoint.socketPath, path };
    const { hostname, port } = endpoint;
    return { ...shared, hostname, port, path };
  }
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
