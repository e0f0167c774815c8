import type { BuildKitOutput, BuildKitQuery } from "../../buildkit/index.js";
import { ArgumentError } from "../../errors.js";
import type { Logins } from "../../logins/index.js";
import { quote } from "../../quote.js";
import type { Bytes } from "../archive/request-source.js";
import { BuildLogins } from "./build-logins.js";
import type { BuildOptions } from "./build-options.js";
import { checkOutput } from "./build-output.js";
import {
  BUILDKIT_RULES,
  CLASSIC_RULES,
  checkUlimits,
  isText,
  optionsOf,
  tagsOf,
  valuesOf,
} from "./build-rules.js";
import { agentSockets, type Environment, secretReaders } from "./build-secrets.js";
import { type BuildSource, buildSource } from "./build-source.js";
import { platformTextOf } from "./platform-forms.js";

/** A build that can begin: its options are valid, and its local files, variables and sockets exist. */
export interface BuildPlan {
  readonly options: BuildOptions;
  readonly source: BuildSource;
  /** Parameters that both builders share. */
  readonly query: BuildKitQuery;
  readonly logins: BuildLogins;
  readonly secrets: ReadonlyMap<string, () => Promise<Uint8Array>>;
  readonly ssh: ReadonlyMap<string, string>;
  readonly output: BuildKitOutput | undefined;
  /** Names of the options in use that only BuildKit has. */
  readonly needsBuildKit: readonly string[];
}

/** Checks everything that a build needs from this machine. @throws {ArgumentError} something is invalid or missing */
export async function planBuild(
  context: string | Bytes,
  options: BuildOptions,
  logins: Logins,
  env: Environment,
): Promise<BuildPlan> {
  const needsBuildKit = optionsOf(options, BUILDKIT_RULES);
  refuseForeignOptions(options, needsBuildKit);
  return {
    options,
    query: queryOf(options),
    logins: new BuildLogins(options.logins, logins),
    output: await checkOutput(options.outputs, tagsOf(options)),
    secrets: await secretReaders(options.secrets, env),
    ssh: await agentSockets(options.ssh, env),
    source: await buildSource(context, options),
    needsBuildKit,
  };
}

/** Networks that BuildKit knows. */
const NETWORKS: readonly string[] = ["default", "none", "host"];

/** Refuses options that the builder lacks, rather than ignore them. */
function refuseForeignOptions({ builder, ...options }: BuildOptions, needsBuildKit: readonly string[]): void {
  const [foreign] = builder === "classic" ? needsBuildKit : optionsOf(options, CLASSIC_RULES);
  if (foreign !== undefined) {
    const advice =
      builder === "classic"
        ? 'remove either the option or builder: "classic"'
        : 'remove it, or write builder: "classic"';
    throw new ArgumentError(`build: ${nameOf(builder)} does not have the option ${foreign}; ${advice}`);
  }
  const { network } = options;
  if (builder !== "classic" && network !== undefined && !NETWORKS.includes(network)) {
    throw new ArgumentError(
      `build: the option network must be "default", "none" or "host", not ${quote(network)}; ` +
        'with builder: "classic" it may be another one',
    );
  }
}

const nameOf = (builder: BuildOptions["builder"]): string =>
  builder === "classic" ? "the classic builder" : "BuildKit";

function queryOf(options: BuildOptions): BuildKitQuery {
  const buildArgs = valuesOf(options.buildArgs, "buildArgs", "a string or null", isTextOrNull);
  const labels = valuesOf(options.labels, "labels", "a string", isText);
  const given = Object.entries(buildArgs).filter(([, value]) => value !== null);
  if (options.inlineCache) given.push(["BUILDKIT_INLINE_CACHE", "1"]);
  return {
    t: options.tags === undefined ? undefined : tagsOf(options),
    target: options.target,
    platform: platformTextOf(options.platform, "build"),
    networkmode: options.network,
    buildargs: given.length > 0 ? Object.fromEntries(given) : undefined,
    labels: Object.keys(labels).length > 0 ? labels : undefined,
    cachefrom: options.cacheFrom && [...options.cacheFrom],
    nocache: options.noCache,
    pull: options.pull,
    // The CLI takes both forms, the Engine one.
    extrahosts: options.addHosts?.map((line) => line.replace(/^([^:=]+)=/, "$1:")),
    shmsize: options.shmSize,
    ulimits: checkUlimits(options.ulimits),
  };
}

const isTextOrNull = (value: unknown): boolean => value === null || isText(value);
