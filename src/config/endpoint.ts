import { ConfigError } from "../errors/index.js";

/** Where an Engine listens. */
export type Endpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  | { readonly kind: "tcp"; readonly hostname: string; readonly port: number; readonly basePath: string };

const DEFAULT_PORT = 2375;
const ACCEPTED = "unix:///path/to/docker.sock, tcp://host[:port][/base] and http://host[:port][/base]";

/** Reads a host such as "unix:///var/run/docker.sock" or "tcp://10.0.0.5:2375". `source` is named in errors. */
export function parseHost(host: string, source: string): Endpoint {
  const fail = (problem: string): never => {
    throw new ConfigError(`${source} ${JSON.stringify(redact(host))} ${problem}. Accepted are ${ACCEPTED}.`);
  };
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(host) ?? fail("has no scheme");
  switch (scheme?.toLowerCase()) {
    case "unix":
      if (!rest?.startsWith("/")) return fail("does not name an absolute path");
      return { kind: "unix", socketPath: rest };
    case "tcp":
    case "http":
      return parseTcp(host, fail);
    default:
      return fail(`has the scheme ${JSON.stringify(scheme)}, which is not supported`);
  }
}

function parseTcp(host: string, fail: (problem: string) => never): Endpoint {
  let url: URL;
  try {
    // "tcp" is no special scheme to URL, which would then leave host and port unchecked.
    url = new URL(host.replace(/^[a-z]+:/i, "http:"));
  } catch {
    return fail("is not a valid address");
  }
  if (url.username || url.password) return fail("carries a user or password, which the Engine does not read");
  if (url.search || url.hash) return fail("carries a query or fragment");
  const port = /^[a-z]+:\/\/(?:\[[^\]]*\]|[^/:]*):(\d+)/i.exec(host)?.[1];
  return {
    kind: "tcp",
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: port === undefined ? DEFAULT_PORT : Number(port),
    basePath: url.pathname.replace(/\/+$/, ""),
  };
}

/** An address as shown to people. */
export function describeEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === "unix") return `unix://${endpoint.socketPath}`;
  const { hostname, port, basePath } = endpoint;
  return `tcp://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}${basePath}`;
}

const redact = (host: string): string => host.replace(/\/\/[^/@]*@/, "//***@");
