import { describe } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { readMembers } from "../../members.js";
import type { ContainerCreateBody } from "./temporary-container.js";

/**
 * Where to reach a container's port on the Engine's host: a port; 0 for any free one; or text as the docker CLI takes it
 * before the container's port: an address with a port, such as "127.0.0.1:8080", "127.0.0.1:0" or "[::1]:8080", or a
 * range to choose from, such as "8000-8010".
 */
export type HostPort = number | string;

/**
 * Ports to publish. The names are the container's ports, TCP unless they say "/udp" or "/sctp"; the values say where to
 * publish them; a list publishes one several times.
 *
 * @example
 * const ports = { 80: 8080, "443/tcp": "127.0.0.1:0", "53/udp": [53, "[::1]:53"] };
 */
export type Ports = Readonly<Record<string, HostPort | readonly HostPort[]>>;

type Bindings = NonNullable<NonNullable<ContainerCreateBody["HostConfig"]>["PortBindings"]>;

const HIGHEST = 65_535;
const PORT = /^(\d+)(?:\/(tcp|udp|sctp))?$/;
/** An address in brackets or without colons, then a port or a range of them. */
const PLACE = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d+)(?:-(\d+))?$/;

/** Ports in the Engine's form. @throws {ArgumentError} one is invalid */
export function portsOf(
  ports: Ports,
  workflow: string,
): { bindings: Bindings; exposed: Record<string, Record<string, never>> } {
  const given = readMembers(ports, [], (problem) => {
    throw new ArgumentError(`${workflow}: the option ports ${problem}; write it as in { "80/tcp": 8080 }`);
  });
  const bindings: Bindings = {};
  for (const [name, places] of Object.entries(given) as [string, unknown][]) {
    const [, port, protocol = "tcp"] = PORT.exec(name) ?? [];
    if (port === undefined || !isPort(Number(port)) || Number(port) === 0) {
      throw new ArgumentError(
        `${workflow}: ports cannot publish ${describe(name)}: name a port of the container, such as "80" or "53/udp"`,
      );
    }
    const key = `${Number(port)}/${protocol}`;
    bindings[key] = [
      ...(bindings[key] ?? []),
      ...(Array.isArray(places) ? places : [places]).map((place) => bindingOf(place, name, workflow)),
    ];
  }
  return { bindings, exposed: Object.fromEntries(Object.keys(bindings).map((key) => [key, {}])) };
}

function bindingOf(place: unknown, name: string, workflow: string): { HostIp: string; HostPort: string } {
  const text = typeof place === "number" ? String(place) : place;
  const [, bracketed, plain, first, last] = (typeof text === "string" && PLACE.exec(text)) || [];
  const numbers = [first, last].filter((number) => number !== undefined).map(Number);
  const isRange = numbers.length === 2;
  if (numbers.length === 0 || !numbers.every(isPort) || (isRange && !rises(numbers))) {
    throw new ArgumentError(
      `${workflow}: ports cannot publish ${name} at ${describe(place)}: give a port of the host, 0 for any, ` +
        'or text such as "127.0.0.1:8080"',
    );
  }
  const address = bracketed ?? plain ?? "";
  // The Engine would publish the port at all addresses.
  if (address !== "" && process.getBuiltinModule("node:net").isIP(address) === 0) {
    const advice = isPort(Number(address))
      ? `the name is the container's port, so write { ${first}: ${address} }`
      : 'give an IP address, such as "127.0.0.1:8080"';
    throw new ArgumentError(`${workflow}: ports cannot publish ${name} at ${describe(place)}: ${advice}`);
  }
  const free = !isRange && numbers[0] === 0;
  return { HostIp: address, HostPort: free ? "" : numbers.join("-") };
}

const isPort = (number: number): boolean => Number.isInteger(number) && number >= 0 && number <= HIGHEST;
const rises = ([first = 0, last = 0]: number[]): boolean => 0 < first && first < last;
