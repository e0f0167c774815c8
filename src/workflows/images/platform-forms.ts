import type { RequestedPlatform as Platform } from "#generated/schema.js";
import { reading } from "../../arguments.js";
import { ArgumentError, UnsupportedError } from "../../errors.js";
import { platformText, readPlatform } from "../../platform.js";

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
  const read = reading(workflow, () =>
    (Array.isArray(platform) ? (platform as readonly (Platform | string)[]) : [platform]).map((one) =>
      readPlatform(one as Platform | string, workflow),
    ),
  );
  if (read.length > 0) return read;
  throw new ArgumentError(
    `${workflow}: the option platform is an empty list: name a platform, or omit the option`,
  );
}

/**
 * Platforms as the query of load and save takes them: one by itself. Descriptions before API 1.52, whose type this is,
 * refuse several.
 */
export const platformQueryOf = (platforms: Platform[] | undefined): Platform | undefined =>
  (platforms?.length === 1 ? platforms[0] : platforms) as Platform | undefined;

/** Awaits a call with platforms. If the operation refuses them, the error names the workflow, since that is what the caller called. */
export async function passingOn<T>(workflow: string, call: PromiseLike<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ArgumentError || error instanceof UnsupportedError)) throw error;
    const [, problem] = /^\w+(: the option platform .*)$/s.exec(error.message) ?? [];
    if (problem === undefined) throw error;
    const Kind = error instanceof ArgumentError ? ArgumentError : UnsupportedError;
    throw new Kind(workflow + problem, { cause: error });
  }
}

/** A platform in the form that pull, create and build take: `os/arch[/variant]`. Undefined stays undefined. */
export function platformTextOf(
  platform: Platform | string | undefined,
  workflow: string,
): string | undefined {
  return platform === undefined ? undefined : platformText(readPlatform(platform, workflow));
}
