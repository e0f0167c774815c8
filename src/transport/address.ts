import type { RequestOptions } from "node:http";
import type { Endpoint } from "../config/index.js";

/** The Host header; sockets and pipes accept any valid name. */
export function hostOf(endpoint: Endpoint): string {
  if (endpoint.kind !== "tcp") return "localhost";
  const { hostname, port } = endpoint;
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** The Engine's address. Agents open connections themselves; this is for replacements of node:http, such as mocks. */
export function addressOf(endpoint: Endpoint): RequestOptions {
  switch (endpoint.kind) {
    case "unix":
      return { socketPath: endpoint.socketPath };
    case "npipe":
      return { socketPath: endpoint.path };
    case "tcp":
      return { hostname: endpoint.hostname, port: endpoint.port };
    case "ssh":
    case "connect":
      return {};
  }
}

/** The path as sent, including the address's base path. */
export const pathOf = (endpoint: Endpoint, url: string): string =>
  endpoint.kind === "tcp" ? endpoint.basePath + url : url;
