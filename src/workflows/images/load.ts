import type { RequestedPlatform as Platform, ProgressMessage } from "#generated/schema.js";
import { checkOptions, type Rules, rule } from "../../arguments.js";
import { type Bytes, fileSource, owning, sending } from "../archive/request-source.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, UNLIMITED, withLimits } from "../limits.js";
import { platformObjectOf } from "./platform-forms.js";
import { follow } from "./pull.js";

/** Options of `docker.load`. */
export interface LoadOptions extends Limits {
  /** Platform to load, as "os/arch[/variant]" or an OCI platform; all platforms in the tar by default. */
  readonly platform?: Platform | string | undefined;
  /** Called with each progress record; an error it throws ends the workflow. */
  readonly onProgress?: ((message: ProgressMessage) => void) | undefined;
}

const LOADED = /^Loaded image(?: ID)?: (.+)$/gm;

const RULES: Rules<LoadOptions> = { ...LIMIT_RULES, onProgress: rule.function, platform: rule.checkedLater };

/** Loads images from a tar; see `docker.load`. */
export async function load(
  docker: EngineClient,
  source: string | Bytes,
  settings?: LoadOptions,
): Promise<string[]> {
  const log = await owning(source, "load", () => {
    const options = checkOptions(settings, RULES, { where: "load" });
    return loadLog(docker, source, options);
  });
  // Podman names all images in one line.
  return [...log.matchAll(LOADED)].flatMap(([, images = ""]) => images.split(","));
}

/** Loads images and returns the Engine's messages. */
async function loadLog(docker: EngineClient, source: string | Bytes, options: LoadOptions): Promise<string> {
  const { onProgress, platform } = options;
  const loadFrom = async (body: Bytes, signal: AbortSignal): Promise<string> => {
    // The Engine reports progress only on request.
    const quiet = onProgress === undefined;
    const query = { body, platform: platformObjectOf(platform, "load"), quiet };
    let log = "";
    await follow(await docker.imageLoad(query, { signal, timeout: UNLIMITED }), (message) => {
      log += message.stream ?? "";
      onProgress?.(message);
    });
    return log;
  };
  return withLimits("load", options, async (signal) => {
    if (typeof source !== "string") return loadFrom(source, signal);
    return sending(await fileSource(source, "load"), (body) => loadFrom(body, signal));
  });
}
