import type { Endpoint } from "../config/index.js";

/** The Host header: of a socket or pipe any valid name will do. */
export function hostOf(endpoint: Endpoint): string {
  if (endpoint.kind !== "tcp") return "localhost";
  const { hostname, port } = endpoint;
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** The path as sent, the address's own base path included. */
export const pathOf = (endpoint: Endpoint, url: string): string =>
  endpoint.kind === "tcp" ? endpoint.basePath + url : url;
