import {
  Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Readable } from "node:stream";
import type { Endpoint } from "../config/index.js";
import { AbortedError, ArgumentError, isDockerError, TimeoutError } from "../errors/index.js";
import { connectionFailure } from "./connection-failure.js";
import type { WireRequest } from "./wire-request.js";
import { WireResponse } from "./wire-response.js";

/** NAT and firewalls drop connections that stay silent; the Engine's may be silent for hours. */
const TCP_KEEP_ALIVE_MS = 30_000;

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
      const onAbort = (): void => end(AbortedError.of(signal as AbortSignal, operation));
      const { timeout } = wire;
      const timer =
        timeout === undefined
          ? undefined
          : setTimeout(() => end(new TimeoutError(`${operation}: no answer within ${timeout} ms`)), timeout);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#running.add(end);
      request.once("close", () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        this.#running.delete(end);
      });
      request.on("error", (error) => {
        reject(isDockerError(error) ? error : connectionFailure(this.#endpoint, error));
      });
      request.once("response", (message) => {
        clearTimeout(timer);
        response = message;
        // A body that breaks before anyone reads it keeps its error for the reader; unheard, it would end the process.
        message.on("error", () => undefined);
        resolve(new WireResponse(message, operation));
      });
      writeBody(request, wire);
    });
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
    if (endpoint.kind === "unix") return { ...shared, socketPath: endpoint.socketPath, path: url };
    const { hostname, port, basePath } = endpoint;
    return { ...shared, hostname, port, path: basePath + url };
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
