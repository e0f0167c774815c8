import { ConfigError } from "../errors.js";
import type { ConfigInput } from "./input.js";

/** The API version that is pinned: the option, or DOCKER_API_VERSION. Undefined leaves it to the Engine's answers. */
export function pinnedApiVersion({ options, env }: ConfigInput): string | undefined {
  if (options.apiVersion !== undefined) return checked(options.apiVersion, "The option apiVersion");
  return env.DOCKER_API_VERSION ? checked(env.DOCKER_API_VERSION, "DOCKER_API_VERSION") : undefined;
}

function checked(version: string, source: string): string {
  if (/^1\.(?:0|[1-9]\d{0,2})$/.test(version)) return version;
  const advice = /^v\d/i.test(version) ? 'Leave the "v" out' : 'Wanted is a form like "1.48"';
  throw new ConfigError(`${source} ${JSON.stringify(version)} is no API version. ${advice}.`);
}
