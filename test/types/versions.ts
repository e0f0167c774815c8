/** Compiled, not run: what the types of other API versions have in common with those of the package's own, and what not. */

import type { Client } from "../../generated/client.js";
import type * as home from "../../generated/schema.js";
import type * as v151 from "../../generated/v1.51/schema.js";
import type * as v152 from "../../generated/v1.52/schema.js";
import type { Client as Client155 } from "../../generated/v1.55/client.js";
import type * as v155 from "../../generated/v1.55/schema.js";

/** Compiles only if both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <_ extends true>(): void => undefined;

/** What nothing has changed is one type, so that a value of one entry fits another. */
export function same(): void {
  is<Same<v151.ContainerSummary, home.ContainerSummary>>();
  is<Same<v155.ContainerSummary, v152.ContainerSummary>>();
  is<Same<v155.Volume, home.Volume>>();
  is<Same<Client155["volumeList"], Client["volumeList"]>>();
}

type Gone<Old, New> = Exclude<keyof Old, keyof New>;

/** What API 1.52 dropped, moved, split and restructured. */
export function changed(): void {
  is<
    Same<
      Gone<v151.NetworkSettings, v152.NetworkSettings>,
      | "Bridge"
      | "HairpinMode"
      | "LinkLocalIPv6Address"
      | "LinkLocalIPv6PrefixLen"
      | "SecondaryIPAddresses"
      | "SecondaryIPv6Addresses"
      | "EndpointID"
      | "Gateway"
      | "GlobalIPv6Address"
      | "GlobalIPv6PrefixLen"
      | "IPAddress"
      | "IPPrefixLen"
      | "IPv6Gateway"
      | "MacAddress"
    >
  >();
  is<Same<Gone<v151.EventMessage, v152.EventMessage>, "status" | "id" | "from">>();
  is<Same<v151.ContainerSummary["Ports"], v151.Port[]>>();
  is<Same<v152.ContainerSummary["Ports"], v152.PortSummary[]>>();
  is<Same<keyof v152.PortSummary, keyof v151.Port>>();
  is<Same<Gone<v151.Network, v152.Network>, "Containers" | "Services">>();
  is<Same<Gone<v152.NetworkInspect, v152.Network>, "Containers" | "Services" | "Status">>();
  is<Same<v152.NetworkSummary, v152.Network>>();
  is<Same<v151.SystemDataUsageResponse["Images"], v151.ImageSummary[] | null>>();
  is<Same<v152.SystemDataUsageResponse["Images"], v152.ImageSummary[] | undefined>>();
  is<Same<NonNullable<v152.ImagesDiskUsage["Items"]>[number], v152.ImageSummary>>();
  is<Same<v152.SubnetStatus["DynamicIPsAvailable"], number | bigint>>();
  is<Same<Gone<Client155, Client>, "imageAttestations">>();
}

/** Code for either form compiles with both. */
export function either(
  container: v151.ContainerInspectResponse | v152.ContainerInspectResponse,
  event: v151.EventMessage | v155.EventMessage,
): (string | undefined)[] {
  return [
    container.NetworkSettings.Networks?.bridge?.IPAddress,
    event.Action,
    event.Actor.ID,
    event.Actor.Attributes.image,
  ];
}
