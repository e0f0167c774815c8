import type { Endpoint } from "./endpoint.js";
import { joinPath } from "./files.js";
import type { ConfigInput } from "./input.js";

const SYSTEM_SOCKET = "/var/run/docker.sock";
const PIPE = "//./pipe/docker_engine";

/**
 * Where an Engine listens if nobody said otherwise. On Windows the pipe; elsewhere the first of these that exists:
 * 1. the system's: /var/run/docker.sock;
 * 2. that of a rootless Engine: $XDG_RUNTIME_DIR/docker.sock;
 * 3. Docker Desktop's: ~/.docker/run/docker.sock.
 * If none does, the first, so that the error names the one people look for.
 */
export function defaultEndpoint(input: ConfigInput): Endpoint {
  if (input.platform === "win32") return { kind: "npipe", path: PIPE };
  const runtime = input.env.XDG_RUNTIME_DIR;
  const candidates = [
    SYSTEM_SOCKET,
    ...(runtime ? [joinPath(input, runtime, "docker.sock")] : []),
    joinPath(input, input.home, ".docker", "run", "docker.sock"),
  ];
  const socketPath = candidates.find((path) => input.socketExists(path)) ?? SYSTEM_SOCKET;
  return { kind: "unix", socketPath };
}
