import { checkOptions, isDuration, LONGEST_MS, type Rules, rule } from "../arguments.js";
import { ConfigError } from "../errors.js";
import { readMembers } from "../members.js";
import type { DockerOptions } from "../options.js";
import { quote } from "../quote.js";
import { describeEndpoint, type Endpoint } from "./endpoint.js";
import { checkAddress, findEndpoint } from "./find-endpoint.js";
import { checkHeaders, resolveHeaders } from "./headers.js";
import { type ConfigInput, checkEnvironment } from "./machine.js";
import { equivalentsOf, refuseArgument } from "./other-clients.js";
import { checkTlsOptions } from "./tls.js";

const CONNECT_TIMEOUT_MS = 10_000;

/** How to reach the Engine and what to send with every call. */
export interface ResolvedConfig {
  readonly endpoint: Endpoint;
  /** Milliseconds to wait for a connection. */
  readonly connectTimeout: number;
  /** Default timeout of calls in milliseconds; no limit if omitted. */
  readonly timeout?: number;
  /** A pinned version such as "1.45", used whatever the Engine answers. */
  readonly apiVersion?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The setting that selected the Engine, such as `DOCKER_HOST` or `the context "prod" (DOCKER_CONTEXT)`. */
  readonly source: string;
}

/**
 * Resolves the configuration like the docker CLI. It depends only on its input.
 *
 * @throws {ConfigError} a relevant setting is invalid, missing or contradictory
 */
export function resolveConfig(input: ConfigInput): ResolvedConfig {
  checkDockerOptions(input.options);
  checkEnvironment(input.env);
  const apiVersion = pinnedApiVersion(input);
  const timeout = defaultTimeout(input);
  return {
    ...findEndpoint(input),
    connectTimeout: input.options.connectTimeout ?? CONNECT_TIMEOUT_MS,
    ...(timeout !== undefined && { timeout }),
    ...(apiVersion !== undefined && { apiVersion }),
    headers: resolveHeaders(input),
  };
}

/**
 * Shown by `console.log` for a configuration: no secrets, and the problem if it cannot be used.
 *
 * @param version the API version of calls if the configuration names none
 */
export function shownConfig(
  resolve: () => ResolvedConfig,
  version: string,
): { readonly host: string; readonly version: string } | { readonly problem: string } {
  try {
    const { apiVersion, endpoint } = resolve();
    return { host: describeEndpoint(endpoint), version: apiVersion ?? version };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

const RULES: Rules<DockerOptions> = {
  host: rule.text,
  context: rule.text,
  connect: { ...rule.function, must: "a function that returns a Duplex" },
  connectTimeout: rule.duration,
  timeout: rule.limit,
  tls: rule.object,
  apiVersion: { ...rule.text, must: 'a string such as "1.48"' },
  headers: rule.checkedLater,
  credentials: { ...rule.function, must: "a function that returns a login" },
  env: rule.checkedLater,
};

/**
 * Checks and copies the options, as far as possible without reading any file.
 *
 * @throws {ConfigError} an option is unknown or invalid
 */
export function checkDockerOptions(options: DockerOptions | undefined): DockerOptions {
  refuseArgument(options);
  const checked = checkOptions(options, RULES, { equivalents: equivalentsOf, error: ConfigError });
  const { apiVersion, env, headers, tls } = checked;
  if (apiVersion !== undefined) checkApiVersion(apiVersion, "The option apiVersion");
  checkAddress(checked);
  const copies = {
    ...(tls !== undefined && { tls: checkTlsOptions(tls) }),
    ...(headers !== undefined && { headers: copied(headers, "headers") }),
    ...(env !== undefined && env !== process.env && { env: copied(env, "env") }),
  };
  checkHeaders(Object.entries(copies.headers ?? {}), "the option headers");
  return { ...checked, ...copies };
}

function copied<T extends object>(value: T, option: string): T {
  return readMembers(value, [], (problem) => {
    throw new ConfigError(`The option ${option} ${problem}.`);
  }) as T;
}

/** The pinned API version: the option, or DOCKER_API_VERSION. If undefined, the Engine's answers decide. */
function pinnedApiVersion({ options, env }: ConfigInput): string | undefined {
  if (options.apiVersion !== undefined) return options.apiVersion;
  if (env.DOCKER_API_VERSION) checkApiVersion(env.DOCKER_API_VERSION, "DOCKER_API_VERSION");
  return env.DOCKER_API_VERSION || undefined;
}

function checkApiVersion(version: string, source: string): void {
  if (/^1\.(?:0|[1-9]\d{0,2})$/.test(version)) return;
  const advice = /^v\d/i.test(version) ? 'Omit the "v"' : 'Write it as in "1.48"';
  throw new ConfigError(`${source} ${quote(version)} is not an API version. ${advice}.`);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** A smaller number without a unit probably means seconds, as other clients read the variable. */
const LEAST_BARE_MS = 1000;

/** The option `timeout`, or DOCKER_CLIENT_TIMEOUT: milliseconds, or a number with the unit ms, s or m. */
function defaultTimeout({ options, env }: ConfigInput): number | undefined {
  if (options.timeout !== undefined) return options.timeout;
  const { DOCKER_CLIENT_TIMEOUT: text } = env;
  if (!text) return undefined;
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  const ms = Number(digits) * (UNIT_MS[unit ?? "ms"] ?? Number.NaN);
  const fail = (problem: string): never => {
    throw new ConfigError(`DOCKER_CLIENT_TIMEOUT ${quote(text)} ${problem}.`);
  };
  if (!isDuration(ms)) {
    return fail(`is not a duration such as "30000" (milliseconds), "30s" or "2m", ${LONGEST_MS} ms at most`);
  }
  if (unit === undefined && ms < LEAST_BARE_MS) {
    return fail(
      `is ambiguous: some clients take it as seconds, this one as milliseconds. Write "${text}s" or "${text}ms"`,
    );
  }
  return ms;
}
