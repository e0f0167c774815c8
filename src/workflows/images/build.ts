import type { Operation } from "#generated/operations.js";
import type { ImageBuildOptions } from "#generated/options.js";
import type { RequestedPlatform as Platform, ProgressMessage } from "#generated/schema.js";
import { checkOptions, type Equivalents, type Rule, type Rules, rule } from "../../arguments.js";
import { ArgumentError, StreamError } from "../../errors.js";
import { type Bytes, owning, sending } from "../archive/request-source.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, UNLIMITED, withLimits } from "../limits.js";
import { platformTextOf } from "./platform-forms.js";
import { follow } from "./pull.js";

/** Options of `docker.build`: those of the operation imageBuild, such as `buildargs`, and these. */
export interface BuildOptions
  extends Omit<ImageBuildOptions, "body" | "platform" | "q" | "remote" | "session" | "t">,
    Limits {
  /** Names of the image, `name[:tag]`. */
  readonly t?: string | string[] | undefined;
  /** Platform to build for, as "os/arch[/variant]" or an OCI platform; the Engine's by default. */
  readonly platform?: Platform | string | undefined;
  /** Called with each progress record; an error it throws ends the workflow. */
  readonly onProgress?: ((message: ProgressMessage) => void) | undefined;
}

const OWN_RULES = {
  ...LIMIT_RULES,
  dockerfile: rule.text,
  onProgress: rule.function,
  platform: rule.checkedLater,
  t: {
    must: "a name, or an array of names",
    check: (value) => [value].flat().every((name) => typeof name === "string"),
  },
} satisfies Record<string, Rule>;

const EXCLUDED: readonly string[] = ["q", "remote", "session"];

/** The operation's options are checked when they are encoded. */
const rulesFor = ({ query, headers }: Operation): Rules<BuildOptions> =>
  ({
    ...Object.fromEntries(
      [...Object.keys(query), ...Object.keys(headers)]
        .filter((name) => !EXCLUDED.includes(name))
        .map((name) => [name, rule.checkedLater]),
    ),
    ...OWN_RULES,
  }) as Readonly<Record<string, Rule>> as Rules<BuildOptions>;

const EQUIVALENTS: Equivalents = {
  registryconfig: '"X-Registry-Config": { "registry.example": { username, password } }',
  authconfig: '"X-Registry-Config": { "registry.example": { username, password } }',
  tag: "t",
  tags: "t",
  dockerFile: "dockerfile",
  buildArgs: 'buildargs: { NAME: "value" }',
  remote: "docker.imageBuild({ remote })",
  session: "docker.imageBuild({ session })",
  q: "docker.imageBuild({ q })",
};

/** Builds an image; see `docker.build`. `operation` is the ImageBuild of the API version. */
export async function build(
  docker: EngineClient,
  operation: Operation,
  context: string | Bytes,
  options?: BuildOptions,
): Promise<string> {
  const about = { where: "build", equivalents: EQUIVALENTS };
  return owning(context, "build", () =>
    buildImage(docker, context, checkOptions(options, rulesFor(operation), about)),
  );
}

async function buildImage(
  docker: EngineClient,
  context: string | Bytes,
  options: BuildOptions,
): Promise<string> {
  const { dockerfile, onProgress, platform, signal: _, t, timeout: __, ...settings } = options;
  const buildFrom = async (body: Bytes, path: string | undefined, signal: AbortSignal): Promise<string> => {
    const names = typeof t === "string" ? [t] : t;
    if (names?.includes("")) throw new ArgumentError("build: `t` has an empty name; use name[:tag]");
    const query = { t: names, platform: platformTextOf(platform, "build"), dockerfile: path };
    const progress = await docker.imageBuild({ ...settings, ...query, body }, { signal, timeout: UNLIMITED });
    let id: string | undefined;
    await follow(progress, (message) => {
      id = imageId(message) ?? id;
      onProgress?.(message);
    });
    if (id === undefined)
      throw new StreamError("build: the build ended, but the Engine reported no image ID.");
    return id;
  };
  return withLimits("build", options, async (signal) => {
    if (typeof context !== "string") return buildFrom(context, dockerfile, signal);
    const { buildContext } = await import("../archive/build-context.js");
    const { tar, dockerfile: path } = await buildContext(context, dockerfile);
    return sending(tar, (body) => buildFrom(body, path, signal));
  });
}

/** The ID in a record. BuildKit's other records have another `id`, and text in `aux`. */
const imageId = ({ aux }: ProgressMessage): string | undefined => (aux as { ID?: string } | undefined)?.ID;
