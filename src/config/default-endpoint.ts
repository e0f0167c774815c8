import type { Endpoint } from "./endpoint.js";
import { type ConfigInput, joinPath } from "./machine.js";

const PIPE = "//./pipe/docker_engine";
const MACHINE = "podman-machine-default-api.sock";

/** A socket that an Engine may listen on. It is left out if its folder is unknown, as without XDG_RUNTIME_DIR. */
type Place = readonly [owner: string, folder: string | undefined, ...path: string[]];

const placesOf = ({ env, home, platform }: ConfigInput): readonly Place[] => [
  ["the system's", "/var/run/docker.sock"],
  ["rootless Docker", env.XDG_RUNTIME_DIR, "docker.sock"],
  ["Podman", "/run/podman/podman.sock"],
  ["rootless Podman", env.XDG_RUNTIME_DIR, "podman/podman.sock"],
  // On macOS the temporary folder is the user's own. Elsewhere, anyone could put a socket there.
  ["Podman machine", platform === "darwin" ? env.TMPDIR : env.XDG_RUNTIME_DIR, "podman", MACHINE],
  ["Podman machine", home, ".local/share/containers/podman/machine/podman.sock"],
  env.COLIMA_HOME
    ? ["Colima", env.COLIMA_HOME, "default/docker.sock"]
    : ["Colima", home, ".colima/default/docker.sock"],
  ["Colima", env.XDG_CONFIG_HOME, "colima/default/docker.sock"],
  ["Rancher Desktop", home, ".rd/docker.sock"],
  ["Docker Desktop", home, ".docker/desktop/docker.sock"],
  ["Docker Desktop", home, ".docker/run/docker.sock"],
  ["OrbStack", home, ".orbstack/run/docker.sock"],
];

/**
 * Where an Engine listens by default. On Windows, the pipe; elsewhere, the first socket that exists: the platform's own,
 * then those of Podman, Colima, Rancher Desktop, Docker Desktop and OrbStack. If none exists, the system's, so that the
 * error names the expected one.
 */
export function defaultEndpoint(input: ConfigInput): Endpoint {
  if (input.platform === "win32") return { kind: "npipe", path: PIPE };
  const sockets = placesOf(input).flatMap(([owner, folder, ...path]) =>
    folder ? [{ owner, path: joinPath(input, folder, ...path) }] : [],
  );
  const found = sockets.filter(({ path }) => input.pathExists(path));
  const missing = sockets.filter((socket) => !found.includes(socket));
  const [socketPath = ""] = [...found, ...missing].map(({ path }) => path);
  return { kind: "unix", socketPath, search: { found, missing } };
}
