import type { ContainerInspectResponse } from "#generated/schema.js";
import { checkOptions, describe } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { quote } from "../../quote.js";
import type { EngineClient } from "../engine-client.js";
import { inspectedContainer } from "../inspections.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { checkedContainer } from "./container-name.js";
import type { HostFinder } from "./engine-host.js";
import { checkedPort } from "./port-name.js";
import { hasHostNetwork, networkOwnerOf, placeOf, stateOf, unpublished } from "./published.js";
import { ReadinessError } from "./readiness-error.js";
import { Unmet } from "./unmet.js";

/** The published port of a container's port; see `docker.portOf`. */
export async function portOf(
  docker: EngineClient,
  findHost: HostFinder,
  container: string,
  port: number | string,
  options?: Limits,
): Promise<number> {
  const limits = checkOptions(options, LIMIT_RULES, { where: "portOf" });
  const wanted = checkedPort(port, "portOf");
  return inspecting("portOf", docker, container, limits, async (inspected, signal) => {
    const place = placeOf(inspected, wanted, await familyOf(inspected, findHost, signal));
    if (!place) throw unpublished(inspected, wanted.name);
    return place.port;
  });
}

/** The host, if the choice among a port's bindings makes a difference. */
async function familyOf(
  inspected: ContainerInspectResponse,
  findHost: HostFinder,
  signal: AbortSignal,
): Promise<string> {
  const bindings = Object.values(inspected.NetworkSettings?.Ports ?? {});
  const differ = bindings.some((ones) => new Set((ones ?? []).map(({ HostPort }) => HostPort)).size > 1);
  return differ ? findHost(signal) : "localhost";
}

/** The address of a container in a network; see `docker.addressOf`. */
export async function addressOf(
  docker: EngineClient,
  findHost: HostFinder,
  container: string,
  network?: string,
  options?: Limits,
): Promise<string> {
  const limits = checkOptions(options, LIMIT_RULES, { where: "addressOf" });
  if (network !== undefined && (typeof network !== "string" || network === "")) {
    throw new ArgumentError(`addressOf: the network must be a name or ID, not ${describe(network)}`);
  }
  return inspecting("addressOf", docker, container, limits, async (inspected, signal) => {
    if (hasHostNetwork(inspected)) return findHost(signal);
    const addresses = addressesOf(inspected);
    const found = addresses.filter(({ name, id }) => network === undefined || [name, id].includes(network));
    const [only, second] = found;
    if (only && !second) return only.address;
    throw unaddressed(
      inspected,
      addresses.map(({ name }) => name),
      network,
    );
  });
}

function addressesOf(inspected: ContainerInspectResponse) {
  const { NetworkSettings } = inspectedContainer(inspected, "NetworkSettings");
  const addresses = Object.entries(NetworkSettings?.Networks ?? {}).map(([name, endpoint]) => ({
    name,
    id: endpoint?.NetworkID,
    address: endpoint?.IPAddress || endpoint?.GlobalIPv6Address,
  }));
  const found = addresses.filter(({ address }) => Boolean(address));
  // Podman before 4 and API versions below 1.52 give the default network's address there too, some only there.
  const { IPAddress, GlobalIPv6Address } = NetworkSettings as {
    IPAddress?: string;
    GlobalIPv6Address?: string;
  };
  const single = IPAddress || GlobalIPv6Address;
  return found.length === 0 && single ? [{ name: "bridge", id: "", address: single }] : found;
}

function unaddressed(
  inspected: ContainerInspectResponse,
  names: readonly string[],
  network: string | undefined,
): Unmet {
  const listed = names.map(quote).join(", ");
  const [problem, rest] =
    names.length === 0
      ? [
          "has no address",
          inspected.State?.Running ? "in any network" : `while it is not running (${stateOf(inspected)})`,
        ]
      : network === undefined
        ? ["is in several networks", `(${listed}); name one of them`]
        : [`has no address in the network ${quote(network)}`, `, only in ${listed}`];
  return new Unmet("unaddressed", `${problem} ${rest}`.replace(" ,", ","));
}

/** Uses an inspection of the container that owns the network. */
async function inspecting<T>(
  workflow: string,
  docker: EngineClient,
  container: string,
  limits: Limits,
  answer: (inspected: ContainerInspectResponse, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const name = checkedContainer(container, workflow);
  try {
    return await withLimits(workflow, limits, async (signal) => {
      const inspected = inspectedContainer(await docker.containerInspect(name, undefined, { signal }));
      return answer(await networkOwnerOf(docker, inspected, signal), signal);
    });
  } catch (error) {
    if (!(error instanceof Unmet)) throw error;
    throw new ReadinessError(`${workflow}: the container ${name} ${error.message}`, error.failure);
  }
}
