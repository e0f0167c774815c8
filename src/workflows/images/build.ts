import type { ImageBuildOptions } from "../../../generated/client.js";
import type { RequestedPlatform as Platform, ProgressMessage } from "../../../generated/schema.js";
import { ArgumentError, StreamError } from "../../errors.js";
import { buildContext } from "../archive/build-context.js";
import { type Bytes, owning, sending } from "../archive/request-source.js";
import { given } from "../defined.js";
import type { EngineClient } from "../engine-client.js";
import { type Limits, withLimits } from "../limits.js";
import { platformText } from "./platform.js";
import { follow } from "./pull.js";

/** Options of `docker.build`: those of the operation imageBuild, such as `buildargs`, and these. */
export interface BuildOptions
  extends Omit<ImageBuildOptions, "body" | "platform" | "q" | "remote" | "session" | "t">,
    Limits {
  /** Names for the image, `name[:tag]`. */
  readonly t?: string | string[] | undefined;
  /** Platform to build for, as "os/arch[/variant]" or an OCI platform; the Engine's own by default. */
  readonly platform?: Platform | string | undefined;
  /** Called with each progress record; an error it throws ends the workflow. */
  readonly onProgress?: ((message: ProgressMessage) => void) | undefined;
}

/** Builds an image; see `docker.build`. */
export async function build(
  docker: EngineClient,
  context: string | Bytes,
  options: BuildOptions = {},
): Promise<string> {
  const { dockerfile, onProgress, platform, signal: _, t, timeout: __, ...settings } = options;
  const buildFrom = async (body: Bytes, path: string | undefined, signal: AbortSignal): Promise<string> => {
    const names = typeof t === "string" ? [t] : t;
    if (names?.includes("")) throw new ArgumentError("build: `t` has an empty name; give name[:tag].");
    const query = given({ t: names, platform: platformText(platform, "build"), dockerfile: path });
    const progress = await docker.imageBuild({ ...settings, ...query, body }, { signal });
    let id: string | undefined;
    await follow(progress, (message) => {
      id = imageId(message) ?? id;
      onProgress?.(message);
    });
    if (id === undefined)
      throw new StreamError("build: the build ended without an image ID from the Engine.");
    return id;
  };
  return owning(context, () =>
    withLimits("build", options, async (signal) => {
      if (typeof context !== "string") return buildFrom(context, dockerfile, signal);
      const { tar, dockerfile: path } = await buildContext(context, dockerfile);
      return sending(tar, (body) => buildFrom(body, path, signal));
    }),
  );
}

/** The ID in a record. BuildKit's other records have an `id` of their own, and text for `aux`. */
const imageId = ({ aux }: ProgressMessage): string | undefined => (aux as { ID?: string } | undefined)?.ID;
