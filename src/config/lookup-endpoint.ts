import type { Endpoint } from "./endpoint.js";
import { parseHost } from "./host.js";

/** The address of the option `host`, of DOCKER_HOST or else of the default socket, without looking at any file. */
export function lookupEndpoint(given: {
  readonly host?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Endpoint {
  if (given.host !== undefined) return parseHost(given.host, "the option host");
  return given.env.DOCKER_HOST
    ? parseHost(given.env.DOCKER_HOST, "DOCKER_HOST")
    : { kind: "unix", socketPath: "/var/run/docker.sock" };
}
