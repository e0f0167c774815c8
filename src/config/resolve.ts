import { pinnedApiVersion } from "./api-version.js";
import { checkOptions } from "./check-options.js";
import type { Endpoint } from "./endpoint.js";
import { findEndpoint } from "./find-endpoint.js";
import { resolveHeaders } from "./headers.js";
import type { ConfigInput } from "./input.js";

const CONNECT_TIMEOUT_MS = 10_000;

/** How to reach the Engine and what to send with every call. */
export interface ResolvedConfig {
  readonly endpoint: Endpoint;
  /** Milliseconds that connecting may take. */
  readonly connectTimeout: number;
  /** Pinned, such as "1.45": to be used whatever the Engine answers. */
  readonly apiVersion?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What decided where the Engine is, such as `DOCKER_HOST` or `the context "prod" (DOCKER_CONTEXT)`. */
  readonly source: string;
}

/**
 * Reads the configuration as the docker CLI does. Depends on nothing but its input.
 *
 * @throws {ConfigError} something that decides is broken, missing or contradictory
 */
export function resolveConfig(input: ConfigInput): ResolvedConfig {
  checkOptions(input.options);
  const apiVersion = pinnedApiVersion(input);
  return {
    ...findEndpoint(input),
    connectTimeout: input.options.connectTimeout ?? CONNECT_TIMEOUT_MS,
    ...(apiVersion !== undefined && { apiVersion }),
    headers: resolveHeaders(input),
  };
}
