import { isObject } from "../../members.js";
import type { Container } from "./container.js";
import type { Events } from "./events.js";
import { findIn, newId } from "./ids.js";
import { nanoTime } from "./log.js";
import { Refusal } from "./refusal.js";

/** The body of a request to create a network, as far as the fake Engine reads it. */
interface NetworkBody {
  readonly Name?: string;
  readonly Driver?: string;
  readonly Internal?: boolean;
  readonly Attachable?: boolean;
  readonly EnableIPv6?: boolean;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly IPAM?: {
    readonly Config?: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null;
  };
}

/** A container in a network. It has an address while it runs. */
interface Endpoint {
  readonly id: string;
  readonly address: string;
  readonly mac: string;
  readonly aliases: readonly string[];
}

const PREDEFINED = ["bridge", "host", "none"];
const FIRST_SUBNET = 17;

/** A network of a fake Engine. */
export class Network {
  readonly id = newId();
  readonly name: string;
  readonly driver: string;
  readonly body: NetworkBody;
  readonly created = Date.now();
  readonly endpoints = new Map<Container, Endpoint>();
  readonly subnet: string | undefined;
  readonly gateway: string | undefined;
  #next = 1;

  constructor(body: NetworkBody, driver: string, number: number) {
    this.name = body.Name ?? "";
    this.body = body;
    this.driver = driver;
    const [given] = body.IPAM?.Config ?? [];
    if (driver !== "bridge" && !given) return;
    this.subnet = given?.Subnet ?? `172.${number}.0.0/16`;
    this.gateway = given?.Gateway ?? addressIn(this.subnet, 1);
  }

  join(container: Container, aliases: readonly string[]): void {
    this.#next += 1;
    const address = this.subnet ? addressIn(this.subnet, this.#next) : "";
    const mac = this.subnet ? `02:42:${address.split(".").map(twoDigits).join(":")}` : "";
    this.endpoints.set(container, { id: newId(), address, mac, aliases });
  }

  get prefixLength(): number {
    return Number(this.subnet?.split("/")[1] ?? 0);
  }

  get view() {
    const { Internal = false, Attachable = false, EnableIPv6 = false, Labels, Options } = this.body;
    const config = this.subnet ? [{ Subnet: this.subnet, Gateway: this.gateway }] : null;
    const running = [...this.endpoints].filter(([container]) => container.isRunning);
    return {
      Name: this.name,
      Id: this.id,
      Created: nanoTime(this.created),
      Scope: "local",
      Driver: this.driver,
      EnableIPv4: true,
      EnableIPv6,
      IPAM: { Driver: "default", Options: null, Config: config },
      ...{ Internal, Attachable, Ingress: false, ConfigFrom: { Network: "" }, ConfigOnly: false },
      Containers: Object.fromEntries(
        running.map(([{ id, name }, { id: endpoint, address, mac }]) => {
          const IPv4Address = address && `${address}/${this.prefixLength}`;
          return [id, { Name: name, EndpointID: endpoint, MacAddress: mac, IPv4Address, IPv6Address: "" }];
        }),
      ),
      Options: Options ?? {},
      Labels: Labels ?? {},
    };
  }
}

const twoDigits = (part: string): string => Number(part).toString(16).padStart(2, "0");

/** An address of a subnet by its number. */
function addressIn(subnet: string, number: number): string {
  const parts = (subnet.split("/")[0] ?? "").split(".").map(Number);
  return [...parts.slice(0, 2), (parts[2] ?? 0) + (number >> 8), (parts[3] ?? 0) + (number & 255)].join(".");
}

/** The networks of a fake Engine. */
export class Networks {
  readonly #events: Events;
  readonly #all: Network[];
  #subnets = FIRST_SUBNET;

  constructor(events: Events) {
    this.#events = events;
    const drivers = { none: "null", host: "host", bridge: "bridge" };
    this.#all = Object.entries(drivers).map(
      ([Name, driver]) => new Network({ Name }, driver, driver === "bridge" ? this.#subnets++ : 0),
    );
  }

  get all(): readonly Network[] {
    return this.#all;
  }

  /** @throws {Refusal} no such network */
  get(reference: string): Network {
    const found = findIn(this.#all, reference);
    if (!found) throw new Refusal(404, `network ${reference} not found`);
    return found;
  }

  /** @throws {Refusal} the network is impossible */
  create(body: unknown): Network {
    const given = (isObject(body) ? body : {}) as NetworkBody;
    const { Name = "", Driver = "bridge" } = given;
    if (Name === "") throw new Refusal(400, "invalid network name: name is empty");
    if (PREDEFINED.includes(Name)) {
      throw new Refusal(403, `operation is not permitted on predefined ${Name} network `);
    }
    if (this.#all.some(({ name }) => name === Name)) {
      throw new Refusal(409, `network with name ${Name} already exists`);
    }
    if (Driver !== "bridge")
      throw new Refusal(404, `could not find a network driver ${Driver}: the fake Engine has bridge`);
    const network = new Network(given, Driver, ++this.#subnets - 1);
    this.#all.push(network);
    this.#tell(network, "create");
    return network;
  }

  /** @throws {Refusal} it is in use, or predefined */
  remove(network: Network): void {
    const { name, endpoints } = network;
    if (PREDEFINED.includes(name)) {
      throw new Refusal(403, `${name} is a pre-defined network and cannot be removed`);
    }
    const [active] = [...endpoints].filter(([container]) => container.isRunning);
    if (active) {
      const [container, { id }] = active;
      const who = `(name:"${container.name}" id:"${id.slice(0, 12)}")`;
      throw new Refusal(403, `error while removing network: network ${name} has active endpoints ${who}`);
    }
    this.#all.splice(this.#all.indexOf(network), 1);
    this.#tell(network, "destroy");
  }

  /** Removes networks without containers. */
  prune(isWanted: (network: Network) => boolean): string[] {
    const unused = this.#all.filter(
      (one) => !PREDEFINED.includes(one.name) && one.endpoints.size === 0 && isWanted(one),
    );
    for (const network of unused) this.remove(network);
    this.#events.tell("network", "prune", "", { reclaimed: "0" });
    return unused.map(({ name }) => name);
  }

  /** @throws {Refusal} it is already in the network */
  connect(network: Network, container: Container, aliases: readonly string[] = []): void {
    if (network.endpoints.has(container)) {
      throw new Refusal(
        403,
        `endpoint with name ${container.name} already exists in network ${network.name}`,
      );
    }
    network.join(container, aliases);
    if (container.isRunning) this.#tell(network, "connect", container);
  }

  /** @throws {Refusal} it is not in the network */
  disconnect(network: Network, container: Container): void {
    if (!network.endpoints.delete(container)) {
      throw new Refusal(500, `container ${container.id} is not connected to network ${network.name}`);
    }
    if (container.isRunning) this.#tell(network, "disconnect", container);
  }

  of(container: Container): Network[] {
    return this.#all.filter(({ endpoints }) => endpoints.has(container));
  }

  /** Emits an event when a container joins on its start or leaves on its exit. */
  tellAll(action: "connect" | "disconnect", container: Container): void {
    for (const network of this.of(container)) this.#tell(network, action, container);
  }

  #tell({ id, name, driver }: Network, action: string, container?: Container): void {
    const about = container ? { container: container.id } : {};
    this.#events.tell("network", action, id, { ...about, name, type: driver });
  }
}
