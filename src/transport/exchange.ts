// By property, because mocks such as nock replace the module's functions: a named import would stay the original.
import http, { type ClientRequest } from "node:http";
import { Socket } from "node:net";
import type { Endpoint } from "../config/index.js";
import { addressOf, pathOf } from "./address.js";
import { ask } from "./ask.js";
import { tlsOptions } from "./dial/dial.js";
import type { DialOptions, EngineAgent } from "./engine-agent.js";
import type { Lifetime } from "./lifetime.js";
import type { EngineRequest } from "./request.js";
import type { EngineResponse } from "./response.js";

/**
 * Sends a request on a kept connection, or a new one, and resolves when its answer begins. A request that meets a dead
 * connection is sent again if that is safe.
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
  const options: DialOptions = {
    method,
    headers: { ...headers },
    agent,
    path,
    lifetime,
    ...addressOf(endpoint),
  };
  const tls = endpoint.kind === "tcp" && endpoint.tls;
  return tls
    ? process.getBuiltinModule("node:https").request({ ...options, ...tlsOptions(tls) })
    : http.request(options);
}

/**
 * After a failure, tells whether the request met a dead kept connection and may be sent again. GET and HEAD always may:
 * they change nothing. Others may only if the system accepted none of their bytes, since a container must not be created
 * twice. A stream cannot be sent again.
 */
function watchKept(outgoing: ClientRequest, { method, body }: EngineRequest): () => boolean {
  if (body !== undefined && !(body instanceof Uint8Array)) return () => false;
  const isHarmless = method === "GET" || method === "HEAD";
  let kept: Socket | undefined;
  let received = 0;
  let refused = false;
  outgoing.on("socket", (socket) => {
    if (!outgoing.reusedSocket) return;
    kept = socket;
    received = socket.bytesRead;
    if (isHarmless) return;
    // node:http now hands everything to the system in one piece. A socket that has failed by the next tick has sent
    // nothing; later it may have.
    process.nextTick(() => {
      refused = isPlain(socket) && Boolean(socket.errored);
    });
  });
  return () => kept !== undefined && kept.bytesRead === received && (isHarmless || refused);
}

/** Whether a stream tells how much it has sent; others, such as TLS, do not. */
const isPlain = (socket: Socket): boolean => socket instanceof Socket && !("encrypted" in socket);
