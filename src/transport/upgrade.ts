// By property, because mocks such as nock replace the module's functions: a named import would stay the original.
import http from "node:http";
import type { Endpoint } from "../config/index.js";
import { addressOf, hostOf, pathOf } from "./address.js";
import { ask } from "./ask.js";
import { DedicatedAgent, type DialOptions, type EngineAgent } from "./engine-agent.js";
import type { Lifetime } from "./lifetime.js";
import type { EngineRequest } from "./request.js";
import type { EngineResponse } from "./response.js";

/**
 * Asks the Engine to turn a dedicated connection into a two-way stream. The body of an upgraded answer is that connection;
 * any other answer says why it failed.
 */
export function upgrade(
  agent: EngineAgent,
  endpoint: Endpoint,
  request: EngineRequest,
  lifetime: Lifetime,
): Promise<EngineResponse> {
  const { method, url, headers } = request;
  const options: DialOptions = {
    method,
    path: pathOf(endpoint, url),
    headers: { Host: hostOf(endpoint), Upgrade: "tcp", ...headers, Connection: "Upgrade" },
    agent: new DedicatedAgent(agent),
    lifetime,
    ...addressOf(endpoint),
  };
  return ask(http.request(options), request, lifetime, true);
}
