import { ConfigError } from "../errors.js";
import { configFile, currentContext } from "./config-file.js";
import { DEFAULT_CONTEXT, readContext } from "./context.js";
import { defaultEndpoint } from "./default-sockets.js";
import { describeEndpoint, type Endpoint } from "./endpoint.js";
import { parseHost } from "./host.js";
import type { ConfigInput } from "./input.js";
import { tlsOfEnvironment, tlsOfOptions } from "./tls.js";

/** An address and what decided for it. */
export interface Found {
  readonly endpoint: Endpoint;
  readonly source: string;
}

/**
 * Finds the Engine's address as the docker CLI does. The first of these that says something decides:
 * 1. the option `host`, or `connect` in its place;
 * 2. the option `context`;
 * 3. DOCKER_HOST;
 * 4. DOCKER_CONTEXT;
 * 5. `currentContext` of config.json, in the folder DOCKER_CONFIG or in ~/.docker;
 * 6. the platform's default sockets.
 *
 * A context named "default" stands for 3 and 6: as an option it skips 4 and 5, as DOCKER_CONTEXT it skips 5.
 * Hosts take TLS from the environment, contexts from their own store; the option `tls` goes before both.
 *
 * @throws {ConfigError} what decides cannot be used; nothing further down is tried instead
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
      `The option tls is for tcp:// and https:// hosts; ${describe(found)} has no use for it.`,
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
