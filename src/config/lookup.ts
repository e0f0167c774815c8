import { type Endpoint, parseHost } from "./endpoint.js";

/** What decides where the Engine is. */
export interface LookupInput {
  readonly host?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const DEFAULT_SOCKET = "/var/run/docker.sock";

/**
 * Finds the Engine's address:
 * 1. the `host` option;
 * 2. DOCKER_HOST;
 * 3. the default socket.
 */
export function lookupEndpoint({ host, env }: LookupInput): Endpoint {
  if (host !== undefined) return parseHost(host, "The option host");
  if (env.DOCKER_HOST) return parseHost(env.DOCKER_HOST, "DOCKER_HOST");
  return { kind: "unix", socketPath: DEFAULT_SOCKET };
}
