import type { RequestedPlatform as Platform } from "../../../generated/schema.js";
import { platformText as asText, readPlatform } from "../../operation/index.js";

/** A platform in the form that load, save and push take: an OCI platform. Undefined stays undefined. */
export function platformObject(
  platform: Platform | string | undefined,
  workflow: string,
): Platform | undefined {
  return platform === undefined ? undefined : readPlatform(platform, workflow);
}

/** A platform in the form that pull, create and build take: `os/arch[/variant]`. Undefined stays undefined. */
export function platformText(platform: Platform | string | undefined, workflow: string): string | undefined {
  return platform === undefined ? undefined : asText(readPlatform(platform, workflow));
}
