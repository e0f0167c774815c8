import { ConfigError } from "../errors.js";
import { configFile, currentContext } from "./config-file.js";
import { DEFAULT_CONTEXT, readContext } from "./context.js";
import { defaultEndpoint } from "./default-endpoint.js";
import { describeEndpoint, type Endpoint } from "./endpoint.js";
import { parseHost } from "./host.js";
import type { ConfigInput, ConfigOptions } from "./machine.js";
import { tlsOfEnvironment, tlsOfOptions } from "./tls.js";

/** An address and what selected it. */
export interface Found {
  readonly endpoint: Endpoint;
  readonly source: string;
}

/** Refuses contradictory options, without reading any file. @throws {ConfigError} there are some */
export function checkAddress({ host, context, connect, tls }: ConfigOptions): void {
  const places = Object.entries({ host, context, connect }).filter(([, value]) => value !== undefined);
  if (places.length > 1) {
    const names = places.map(([name]) => name).join(" and ");
    throw new ConfigError(
      `The options ${names} ${places.length > 2 ? "all" : "both"} say where the Engine is; use one of them.`,
    );
  }
  if (host !== undefined) parseHost(host, "The option host");
  if (context === "") throw new ConfigError("The option context is empty. Omit it, or name a context.");
  if (connect !== undefined && tls !== undefined) {
    throw new ConfigError("The option tls has no effect with connect: make connect return a TLS socket.");
  }
}

/**
 * Finds the Engine's address like the docker CLI. The first of these that is set decides:
 * 1. the option `host`, or `connect`;
 * 2. the option `context`;
 * 3. DOCKER_HOST;
 * 4. DOCKER_CONTEXT;
 * 5. `currentContext` of config.json, in the folder DOCKER_CONFIG or in ~/.docker;
 * 6. the default sockets of the platform and of installed Engines.
 *
 * The context "default" means 3 and 6: as an option it skips 4 and 5, as DOCKER_CONTEXT it skips 5. TLS comes from the
 * environment for hosts, and from the store for contexts; the option `tls` takes precedence over both.
 *
 * @throws {ConfigError} the deciding setting is invalid; nothing further down is tried
 */
export function findEndpoint(input: ConfigInput): Found {
  const found = decide(input);
  const { kind } = found.endpoint;
  if (kind === "npipe" && input.platform !== "win32") {
    throw new ConfigError(
      `${describe(found)} is a Windows pipe, which this system (${input.platform}) does not have.`,
    );
  }
  if (kind !== "tcp" && input.options.tls !== undefined) {
    throw new ConfigError(
      `The option tls is for tcp:// and https:// hosts; ${describe(found)} does not use TLS.`,
    );
  }
  return found;
}

function decide(input: ConfigInput): Found {
  const { options, env } = input;
  if (options.connect !== undefined) {
    return { endpoint: { kind: "connect", connect: options.connect }, source: "the option connect" };
  }
  if (options.host !== undefined) return byHost(input, options.host, "the option host");
  if (options.context !== undefined && options.context !== DEFAULT_CONTEXT) {
    return byContext(input, options.context, "the option context");
  }
  if (env.DOCKER_HOST) return byHost(input, env.DOCKER_HOST, "DOCKER_HOST");
  if (options.context === undefined) {
    const [name, source] = env.DOCKER_CONTEXT
      ? [env.DOCKER_CONTEXT, "DOCKER_CONTEXT"]
      : [currentContext(input), `currentContext of ${configFile(input)}`];
    if (name !== undefined && name !== DEFAULT_CONTEXT) return byContext(input, name, source);
  }
  return { endpoint: defaultEndpoint(input), source: "the default of this platform" };
}

function byHost(input: ConfigInput, host: string, source: string): Found {
  return { endpoint: parseHost(host, source, () => tlsOfOptions(input) ?? tlsOfEnvironment(input)), source };
}

function byContext(input: ConfigInput, name: string, chosenBy: string): Found {
  const { host, file, source, tls } = readContext(input, name, chosenBy);
  return { endpoint: parseHost(host, `the Host of ${file}`, () => tlsOfOptions(input) ?? tls()), source };
}

const describe = ({ endpoint, source }: Found): string => `${describeEndpoint(endpoint)} (${source})`;
