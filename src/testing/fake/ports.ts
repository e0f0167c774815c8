import type { ContainerSettings, PortBinding } from "./settings.js";

const FIRST_PORT = 32768;

/** The host's ports for a container's ports, by port and protocol; null where unpublished. */
export type PublishedPorts = Readonly<Record<string, readonly Required<PortBinding>[] | null>>;

/** Chooses ports of the host. */
export class Ports {
  #next = FIRST_PORT;

  /** The ports of a container while it runs. */
  publish({ body, exposedPorts }: ContainerSettings): PublishedPorts {
    const { PortBindings, PublishAllPorts = false } = body.HostConfig ?? {};
    return Object.fromEntries(
      exposedPorts.map((port) => {
        const bindings = PortBindings?.[port] ?? (PublishAllPorts ? [{}] : []);
        return [port, bindings.length > 0 ? bindings.flatMap((one) => this.#bind(one)) : null];
      }),
    );
  }

  /** Without a host address, a port is published on all IPv4 and IPv6 addresses. */
  #bind({ HostIp = "", HostPort = "" }: PortBinding): Required<PortBinding>[] {
    const port = HostPort === "" || HostPort === "0" ? String(this.#next++) : HostPort;
    return (HostIp === "" ? ["0.0.0.0", "::"] : [HostIp]).map((ip) => ({ HostIp: ip, HostPort: port }));
  }
}
