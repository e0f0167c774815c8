import type { ContainerInspectResponse } from "#generated/schema.js";
import type { EngineClient } from "../engine-client.js";
import { inspectedContainer } from "../inspections.js";
import type { PortName } from "./port-name.js";
import { Unmet } from "./unmet.js";

/** Where to connect to. */
export interface Place {
  /** A name or an IP address, an IPv6 one without brackets. */
  readonly address: string;
  readonly port: number;
}

const isIPv6 = (address: string): boolean => process.getBuiltinModule("node:net").isIPv6(address);

/** Formats a place: "127.0.0.1:80", "[::1]:80". */
export const placeText = ({ address, port }: Place): string =>
  `${isIPv6(address) ? `[${address}]` : address}:${port}`;

/** Why a place could not be reached, without its address. With several addresses to try, the message is empty. */
export const connectReason = ({ code, message }: NodeJS.ErrnoException): string =>
  message.replace(/ \S+:\d+$/, "") || String(code);

/** Whether a container has the network of the Engine's machine. */
export const hasHostNetwork = ({ HostConfig }: ContainerInspectResponse): boolean =>
  HostConfig?.NetworkMode === "host";

/** The inspection of the container whose network a container uses: its own or, with `container:…`, another's. */
export async function networkOwnerOf(
  docker: EngineClient,
  inspected: ContainerInspectResponse,
  signal: AbortSignal,
): Promise<ContainerInspectResponse> {
  const [, other] = /^container:(.+)$/.exec(inspected.HostConfig?.NetworkMode ?? "") ?? [];
  if (other === undefined) return inspected;
  return inspectedContainer(await docker.containerInspect(other, undefined, { signal }));
}

const isPort = (text: string): boolean =>
  /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) <= 65_535;

/** The ports of a container that can be reached from outside, by name, such as "80/tcp". */
export function publishedPorts({ NetworkSettings }: ContainerInspectResponse) {
  return Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([name, bindings]) => {
    // Before its start, a container may have bindings without a port.
    const bound = (bindings ?? []).filter(({ HostPort }) => isPort(HostPort));
    return bound.length > 0 ? [{ name, bindings: bound }] : [];
  });
}

/**
 * Where a container's port can be reached from here; undefined if it is not published.
 *
 * An Engine may choose different ports for IPv4 and IPv6, so the family of the host's address decides; IPv4 if it has none.
 */
export function placeOf(
  inspected: ContainerInspectResponse,
  { name, number }: PortName,
  host: string,
): Place | undefined {
  if (hasHostNetwork(inspected)) return { address: host, port: number };
  const { bindings = [] } = publishedPorts(inspected).find((port) => port.name === name) ?? {};
  const binding = bindings.find(({ HostIp }) => isIPv6(HostIp) === isIPv6(host)) ?? bindings[0];
  return binding && { address: addressAt(binding.HostIp ?? "", host), port: Number(binding.HostPort) };
}

/** "localhost" may mean either family, but a binding has one. */
function addressAt(bound: string, host: string): string {
  const isAny = bound === "" || bound === "0.0.0.0" || bound === "::";
  const isLoopback = bound === "::1" || bound.startsWith("127.");
  if (host !== "localhost") return isAny || isLoopback ? host : bound;
  if (!isAny) return bound;
  return bound === "::" ? "::1" : "127.0.0.1";
}

/** The state of a container that is not running, for a message. */
export const stateOf = (inspected: ContainerInspectResponse): string =>
  inspectedContainer(inspected, "State.Status").State.Status;

/** Why a port cannot be reached, with a list of those that can. */
export function unpublished(inspected: ContainerInspectResponse, name: string): Unmet {
  if (!inspected.State?.Running)
    return new Unmet(
      "unpublished",
      `is not running (${stateOf(inspected)}), so none of its ports is published`,
    );
  const published = publishedPorts(inspected).map((port) => {
    const places = port.bindings.map(({ HostIp, HostPort }) =>
      placeText({ address: HostIp || "0.0.0.0", port: Number(HostPort) }),
    );
    return `${port.name} at ${places.join(" and ")}`;
  });
  return new Unmet(
    "unpublished",
    `does not publish ${name}; it publishes ${published.length === 0 ? "no port" : published.join(", ")}`,
  );
}
