import type { Endpoint } from "../config/index.js";

/** The Host header; sockets and pipes accept any valid name. */
export function hostOf(endpoint: Endpoint): string {
  if (endpoint.kind !== "tcp") return "localhost";
  const { hostname, port } = endpoint;
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** The path as sent, including the address's base path. */
export const pathOf = (endpoint: Endpoint, url: string): string =>
  endpoint.kind === "tcp" ? endpoint.basePath + url : url;
