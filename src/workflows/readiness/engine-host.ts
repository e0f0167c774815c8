import { checkOptions } from "../../arguments.js";
import type { Endpoint, thisMachine } from "../../config/index.js";
import { isEngineError, UnsupportedError } from "../../errors.js";
import type { EngineClient } from "../engine-client.js";
import { inspectedContainer } from "../inspections.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";

/** Finds the host where published ports can be reached. */
export type HostFinder = (signal: AbortSignal) => Promise<string>;

type Machine = Pick<ReturnType<typeof thisMachine>, "readFile">;

/** For `ssh -G`, which connects to nothing. */
const SSH_PATIENCE_MS = 5000;

/** The host where the Engine's published ports can be reached; see `docker.hostOf`. */
export async function hostOf(
  docker: EngineClient,
  endpoint: () => Endpoint,
  machine: Machine,
  options?: Limits,
): Promise<string> {
  const limits = checkOptions(options, LIMIT_RULES, { where: "hostOf" });
  return withLimits("hostOf", limits, (signal) => engineHost(docker, endpoint(), machine, signal));
}

/** {@link hostOf}, for use within another workflow. */
export async function engineHost(
  docker: EngineClient,
  endpoint: Endpoint,
  machine: Machine,
  signal: AbortSignal,
): Promise<string> {
  switch (endpoint.kind) {
    case "tcp":
      // Addresses to listen on, not to connect to.
      return ["0.0.0.0", "::"].includes(endpoint.hostname) ? "localhost" : endpoint.hostname;
    case "ssh":
      return sshHost(endpoint.hostname, signal);
    case "npipe":
      return "localhost";
    case "unix":
      return localHost(docker, machine, signal);
    case "connect":
      throw new UnsupportedError(
        "hostOf: the option connect does not tell where the Engine is; you know the host, so use it in place of hostOf, " +
          "and pass it to waitFor as the option host",
      );
  }
}

/** Resolves a host of ~/.ssh/config, whose name nothing else need know. */
function sshHost(alias: string, signal: AbortSignal): Promise<string> {
  const { execFile } = process.getBuiltinModule("node:child_process");
  return new Promise((resolve, reject) => {
    const options = { env: process.env, signal, timeout: SSH_PATIENCE_MS, windowsHide: true };
    execFile("ssh", ["-G", "--", alias], options, (_, stdout) => {
      if (signal.aborted) return reject(signal.reason);
      const [, name] = /^hostname (\S+)$/m.exec(String(stdout)) ?? [];
      resolve(name ?? alias);
    });
  });
}

/**
 * A local Engine's ports are at localhost, even with Docker Desktop, but at the gateway if this process runs in a container of
 * that Engine. Since the container may belong to another Engine, the Engine is asked whether it knows the container.
 */
async function localHost(docker: EngineClient, machine: Machine, signal: AbortSignal): Promise<string> {
  const read = (path: string): string => machine.readFile(path)?.toString() ?? "";
  const inContainer = ["/.dockerenv", "/run/.containerenv"].some(
    (path) => machine.readFile(path) !== undefined,
  );
  if (!inContainer) return "localhost";
  const id = ownContainer(read("/proc/self/mountinfo"), read("/etc/hostname"));
  if (id === undefined) return "localhost";
  const own = await docker.containerInspect(id, undefined, { signal }).result();
  if (!own.ok) {
    if (isEngineError(own.error, 404)) return "localhost";
    throw own.error;
  }
  const { HostConfig, Id, NetworkSettings } = inspectedContainer(own.data, "Id");
  if (!Id.startsWith(id) || HostConfig?.NetworkMode === "host") return "localhost";
  // Podman writes this file, and its gateway need not lead to the machine.
  if (/\bhost\.containers\.internal\b/.test(read("/etc/hosts"))) return "host.containers.internal";
  const endpoints = Object.values(NetworkSettings?.Networks ?? {});
  const gateways = [
    defaultGateway(read("/proc/net/route")),
    ...endpoints.flatMap((endpoint) => [endpoint?.Gateway, endpoint?.IPv6Gateway]),
  ];
  return gateways.find(Boolean) ?? "localhost";
}

/** The ID of the container that this process runs in: files of the Engine are mounted there, and it begins with the hostname. */
function ownContainer(mounts: string, hostname: string): string | undefined {
  const [, mounted] = /\/(?:overlay-)?containers\/([0-9a-f]{64})\//.exec(mounts) ?? [];
  const name = hostname.trim();
  return mounted ?? (/^[0-9a-f]{12}$/.test(name) ? name : undefined);
}

/** The IPv4 gateway of the default route in the kernel's table, where addresses are hexadecimal, last byte first. */
function defaultGateway(routes: string): string | undefined {
  const [, hex] = /^\S+\s+0{8}\s+(?!0{8})([0-9A-F]{8})\s/m.exec(routes) ?? [];
  const bytes = hex?.match(/../g)?.map((byte) => Number.parseInt(byte, 16));
  return bytes?.reverse().join(".");
}
