import { connect, type Socket } from "node:net";
import type { Endpoint } from "../config/index.js";

/** NAT and firewalls drop connections that stay silent; the Engine's may be silent for hours. */
export const TCP_KEEP_ALIVE_MS = 30_000;

/** Opens a connection of its own to an Engine. */
export function dial(endpoint: Endpoint): Socket {
  if (endpoint.kind === "unix") return connect({ path: endpoint.socketPath });
  const { hostname: host, port } = endpoint;
  return connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS });
}
