import { type ClientRequest, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { Socket } from "node:net";
import type { Endpoint } from "../config/index.js";
import { pathOf } from "./address.js";
import { ask } from "./ask.js";
import { tlsOptions } from "./dial/dial.js";
import type { DialOptions, EngineAgent } from "./engine-agent.js";
import type { Lifetime } from "./lifetime.js";
import type { EngineRequest } from "./request.js";
import type { EngineResponse } from "./response.js";

/**
 * One request and the beginning of its answer, on a kept connection if there is one, else on a new one. A request that
 * meets a dead connection is sent again if that can do no harm.
 */
export async function exchange(
  agent: EngineAgent,
  endpoint: Endpoint,
  request: EngineRequest,
  lifetime: Lifetime,
): Promise<EngineResponse> {
  for (;;) {
    const outgoing = start(agent, endpoint, request, lifetime);
    const isRepeatable = watchKept(outgoing, request);
    try {
      return await ask(outgoing, request, lifetime);
    } catch (error) {
      if (lifetime.reason || !isRepeatable()) throw error;
      agent.forgetIdle();
    }
  }
}

function start(
  agent: EngineAgent,
  endpoint: Endpoint,
  { method, url, headers }: EngineRequest,
  lifetime: Lifetime,
): ClientRequest {
  const path = pathOf(endpoint, url);
  const options: DialOptions = { method, headers: { ...headers }, agent, path, lifetime };
  // The agent connects by itself; the rest is for what stands in for node:http, such as mocks.
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

/**
 * Tells, after a failure, whether a request met a kept connection that was dead and may be sent again. GET and HEAD
 * change nothing. Anything else only if the system took no byte of it: a container must not be created twice. A
 * stream is spent.
 */
function watchKept(outgoing: ClientRequest, { method, body }: EngineRequest): () => boolean {
  if (body !== undefined && !(body instanceof Uint8Array)) return () => false;
  const isHarmless = method === "GET" || method === "HEAD";
  let kept: Socket | undefined;
  let received = 0;
  let refused = false;
  outgoing.once("socket", (socket) => {
    if (!outgoing.reusedSocket) return;
    kept = socket;
    received = socket.bytesRead;
    if (isHarmless) return;
    // node:http now hands all it has to the system, in one piece. A socket that has failed when it returns has
    // passed nothing on; later it may have.
    process.nextTick(() => {
      refused = isPlain(socket) && Boolean(socket.errored);
    });
  });
  return () => kept !== undefined && kept.bytesRead === received && (isHarmless || refused);
}

/** Of other streams, such as TLS, it cannot be told what they have passed on. */
const isPlain = (socket: Socket): boolean => socket instanceof Socket && !("encrypted" in socket);
