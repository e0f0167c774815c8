import type { ImageBuildOptions } from "../../../generated/client.js";
import type { RequestedPlatform as Platform, ProgressMessage } from "../../../generated/schema.js";
import { ArgumentError, StreamError } from "../../errors.js";
import { buildContext } from "../archive/build-context.js";
import { given } from "../defined.js";
import type { EngineClient } from "../engine-client.js";
import { type Limits, withLimits } from "../limits.js";
import { platformText } from "./platform.js";
import { follow } from "./pull.js";

/** Options of `docker.build`: the ones of the operation imageBuild, such as `t` and `buildargs`, and these. */
export interface BuildOptions
  extends Omit<ImageBuildOptions, "body" | "platform" | "q" | "remote" | "session" | "t">,
    Limits {
  /** Names to give the image, `name[:tag]`. */
  readonly t?: string | string[] | undefined;
  /** The platform to build for, "os/arch[/variant]" or an OCI platform; the Engine's own by default. */
  readonly platform?: Platform | string | undefined;
  /** Called with each record of the Engine's progress; an error it throws ends the workflow. */
  readonly onProgress?: ((message: ProgressMessage) => void) | undefined;
}

/** Builds an image; see `docker.build`. */
export async function build(
  docker: EngineClient,
  context: string | Uint8Array | AsyncIterable<Uint8Array>,
  options: BuildOptions = {},
): Promise<string> {
  const { onProgress, platform, signal: _, t, timeout: __, ...settings } = options;
  const names = typeof t === "string" ? [t] : t;
  if (names?.includes("")) throw new ArgumentError("build: t has an empty name; give name[:tag]");
  const query = given({ t: names, platform: platformText(platform, "build") });
  return withLimits("build", options, async (signal) => {
    const body = typeof context === "string" ? await buildContext(context, settings.dockerfile) : context;
    const progress = await docker.imageBuild({ ...settings, ...query, body }, { signal });
    let id: string | undefined;
    await follow(progress, (message) => {
      id = imageId(message) ?? id;
      onProgress?.(message);
    });
    if (id === undefined) throw new StreamError("build: the build ended, but the Engine tells of no image");
    return id;
  });
}

/** The ID that a record tells; BuildKit's other records have an `id` of their own, and text for `aux`. */
const imageId = ({ aux }: ProgressMessage): string | undefined => (aux as { ID?: string } | undefined)?.ID;
