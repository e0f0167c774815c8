import { ConfigError } from "../errors.js";
import { isDuration, LONGEST_MS } from "./duration.js";
import { parseHost } from "./host.js";
import type { ConfigOptions } from "./input.js";

/** Checks what can be checked of the options by themselves, without a look at any file. @throws {ConfigError} */
export function checkOptions({ host, context, connect, connectTimeout, tls }: ConfigOptions): void {
  const places = Object.entries({ host, context, connect }).filter(([, value]) => value !== undefined);
  if (places.length > 1) {
    const names = places.map(([name]) => name).join(" and ");
    throw new ConfigError(
      `The options ${names} ${places.length > 2 ? "all" : "both"} say where the Engine is; give one of them.`,
    );
  }
  if (host !== undefined) parseHost(host, "The option host");
  if (context === "") throw new ConfigError("The option context is empty. Leave it out or name one.");
  if (connect !== undefined && typeof connect !== "function") {
    throw new ConfigError(
      "The option connect is no function. Wanted is one that returns a Duplex, or a promise of one.",
    );
  }
  if (connect !== undefined && tls !== undefined) {
    throw new ConfigError("The option tls has no use beside connect: have connect return a TLS socket.");
  }
  if (connectTimeout !== undefined && !isDuration(connectTimeout)) {
    throw new ConfigError(
      `The option connectTimeout must be a positive number of milliseconds, ${LONGEST_MS} at most, not ${String(connectTimeout)}.`,
    );
  }
}
