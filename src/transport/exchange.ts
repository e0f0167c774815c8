import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import type { Endpoint } from "../config/index.js";
import { ArgumentError, isDockerError } from "../errors.js";
import { pathOf } from "./address.js";
import { connectionFailure } from "./connection-failure.js";
import { tlsOptions } from "./dial/dial.js";
import { onceConnected } from "./dial/socket-like.js";
import type { EngineAgent, EngineRequestOptions } from "./engine-agent.js";
import type { Watch } from "./lifetime.js";
import type { EngineRequest } from "./request.js";
import { EngineResponse } from "./response.js";

/** One request and the beginning of its answer, on a kept connection if there is one, else on a new one. */
export function exchange(
  agent: EngineAgent,
  endpoint: Endpoint,
  wire: EngineRequest,
  watch: Watch,
): Promise<EngineResponse> {
  return new Promise((resolve, reject) => {
    const request = start(agent, endpoint, wire, watch);
    let response: IncomingMessage | undefined;
    let repeated = false;
    if (!request.reusedSocket) watch.connecting();
    const untouched = watchSocket(request, watch);
    watch.onEnd((reason) => {
      (response ?? request).destroy(reason);
      // A request that still waits for its connection says nothing when it is destroyed.
      reject(reason);
    });
    request.once("close", () => {
      if (repeated) return;
      watch.over();
      // An answer that node:http does not hand out, such as a 101 nobody asked for, ends without any other word.
      reject(connectionFailure(endpoint, Object.assign(new Error("closed"), { code: "ECONNRESET" })));
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && untouched() && !response && !watch.reason;
      if (stale && isRepeatable(wire, error)) {
        repeated = true;
        agent.forgetIdle();
        resolve(exchange(agent, endpoint, wire, watch));
      } else reject(isDockerError(error) ? error : connectionFailure(endpoint, error));
    });
    request.once("response", (message) => {
      watch.answered();
      response = message;
      // A body that breaks before anyone reads it keeps its error for the reader; unheard, it would end the process.
      message.on("error", () => undefined);
      const { statusCode: status = 0, rawHeaders } = message;
      resolve(new EngineResponse({ status, rawHeaders, body: message }, wire.operation));
    });
    writeBody(request, wire, watch);
  });
}

/**
 * Whether a call may be sent again after a kept connection turned out dead. GET and HEAD change nothing. Anything else
 * only if the system refused to take it whole, so that the Engine cannot have carried it out: a container must not be
 * created twice. A stream is spent.
 */
function isRepeatable({ method, body }: EngineRequest, { code }: NodeJS.ErrnoException): boolean {
  if (body !== undefined && !(body instanceof Uint8Array)) return false;
  return method === "GET" || method === "HEAD" || code === "EPIPE";
}

/** Tells whether nothing has been received for a request yet. */
function watchSocket(request: ClientRequest, watch: Watch): () => boolean {
  let received: () => number | undefined = () => 0;
  let before: number | undefined = 0;
  request.once("socket", (socket) => {
    received = () => socket.bytesRead;
    before = received();
    if (!request.reusedSocket) onceConnected(socket, () => watch.connected());
  });
  return () => received() === before;
}

function start(agent: EngineAgent, endpoint: Endpoint, wire: EngineRequest, watch: Watch): ClientRequest {
  const { method, url, headers } = wire;
  const path = pathOf(endpoint, url);
  const options: EngineRequestOptions = { method, headers: { ...headers }, agent, path, watch };
  // The agent connects by itself; the rest is for what stands in for node:http: mocks, and Bun.
  switch (endpoint.kind) {
    case "unix":
      return httpRequest({ ...options, socketPath: endpoint.socketPath });
    case "npipe":
      return httpRequest({ ...options, socketPath: endpoint.path });
    case "tcp": {
      const { hostname, port, tls } = endpoint;
      return tls
        ? httpsRequest({ ...options, hostname, port, ...tlsOptions(tls) })
        : httpRequest({ ...options, hostname, port });
    }
    case "ssh":
    case "connect":
      return httpRequest(options);
  }
}

function writeBody(request: ClientRequest, { body, operation }: EngineRequest, watch: Watch): void {
  if (body === undefined || body instanceof Uint8Array) {
    request.end(body);
    return;
  }
  const source = Readable.from(body, { objectMode: false });
  source.on("error", (error) => {
    const reason = isDockerError(error)
      ? error
      : new ArgumentError(`${operation}: reading the body failed: ${error.message}`, { cause: error });
    watch.end(reason);
  });
  // An Engine that answers early, or a connection that fails, ends the reading of the body too.
  watch.onOver(() => source.destroy());
  source.pipe(request);
}
