import type { RequestedPlatform as Platform } from "#generated/schema.js";
import { reading } from "../../arguments.js";
import { platformText, readPlatform } from "../../operation/index.js";

/** One platform or, since API 1.52, several: each as "os/arch[/variant]" or an OCI platform. */
export type PlatformChoice = Platform | string | readonly (Platform | string)[];

/** A platform in the form that push takes: an OCI platform. Undefined stays undefined. */
export function platformObjectOf(
  platform: Platform | string | undefined,
  workflow: string,
): Platform | undefined {
  return platform === undefined ? undefined : readPlatform(platform, workflow);
}

/** Platforms in the form that load and save take: OCI platforms. Undefined stays undefined. */
export function platformObjectsOf(
  platform: PlatformChoice | undefined,
  workflow: string,
): Platform[] | undefined {
  if (platform === undefined) return undefined;
  return reading(workflow, () =>
    (Array.isArray(platform) ? (platform as readonly (Platform | string)[]) : [platform]).map((one) =>
      readPlatform(one as Platform | string, workflow),
    ),
  );
}

/**
 * Platforms as the query of load and save: one by itself. Several are refused by a description before API 1.52, of which
 * this is the type.
 */
export const platformQueryOf = (platforms: Platform[] | undefined): Platform | undefined =>
  (platforms?.length === 1 ? platforms[0] : platforms) as Platform | undefined;

/** A platform in the form that pull, create and build take: `os/arch[/variant]`. Undefined stays undefined. */
export function platformTextOf(
  platform: Platform | string | undefined,
  workflow: string,
): string | undefined {
  return platform === undefined ? undefined : platformText(readPlatform(platform, workflow));
}
