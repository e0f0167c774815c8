import type { RequestedPlatform as Platform } from "#generated/schema.js";
import { platformText, readPlatform } from "../../operation/index.js";

/** A platform in the form that load, save and push take: an OCI platform. Undefined stays undefined. */
export function platformObjectOf(
  platform: Platform | string | undefined,
  workflow: string,
): Platform | undefined {
  return platform === undefined ? undefined : readPlatform(platform, workflow);
}

/** A platform in the form that pull, create and build take: `os/arch[/variant]`. Undefined stays undefined. */
export function platformTextOf(
  platform: Platform | string | undefined,
  workflow: string,
): string | undefined {
  return platform === undefined ? undefined : platformText(readPlatform(platform, workflow));
}
