import { describe } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";

/** A port of a container. */
export interface PortName {
  readonly number: number;
  readonly protocol: "tcp" | "udp" | "sctp";
  /** As the Engine writes it: "80/tcp". */
  readonly name: string;
}

/** Reads a port: 80, "80", "80/tcp" or "53/udp". @throws {ArgumentError} it is not a port */
export function checkedPort(port: unknown, where: string): PortName {
  const text = typeof port === "number" || typeof port === "string" ? String(port) : "";
  const [, digits = "", protocol = "tcp"] = /^([1-9]\d{0,4})(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits !== "" && number <= 65_535) {
    return { number, protocol: protocol as PortName["protocol"], name: `${number}/${protocol}` };
  }
  throw new ArgumentError(
    `${where}: the port must be a number from 1 to 65535, or text such as "80/tcp" or "53/udp", not ${describe(port)}`,
  );
}
