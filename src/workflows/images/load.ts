import type { ProgressMessage } from "#generated/schema.js";
import { checkOptions, type Rules, rule } from "../../arguments.js";
import { type Bytes, fileSource, owning, sending } from "../archive/request-source.js";
import { type EngineClient, idOf } from "../engine-client.js";
import { LIMIT_RULES, type Limits, together, UNLIMITED, withLimits } from "../limits.js";
import { type PlatformChoice, passingOn, platformObjectsOf, platformQueryOf } from "./platform-forms.js";
import { follow, tell } from "./pull.js";
import type { TransferEvent } from "./transfer-event.js";

/** Options of `docker.load`. */
export interface LoadOptions extends Limits {
  /**
   * Platform to load, as "os/arch[/variant]" or an OCI platform, since API 1.52 also a list of these; all platforms in the
   * tar by default.
   */
  readonly platform?: PlatformChoice | undefined;
  /** Called with each of the Engine's messages; if it throws, the workflow ends with that error. */
  readonly onProgress?: ((event: TransferEvent) => void) | undefined;
}

/** An image that was loaded. */
export interface LoadedImage {
  /** Its name with tag, as the Engine writes it; undefined if it has none. */
  readonly name: string | undefined;
  /** Its ID here. */
  readonly id: string;
}

const LOADED = /^Loaded image(?: ID)?: (.+)$/gm;
const ID = /^sha256:[0-9a-f]{64}$/;

const RULES: Rules<LoadOptions> = { ...LIMIT_RULES, onProgress: rule.function, platform: rule.checkedLater };

/** Loads images from a tar; see `docker.load`. */
export async function load(
  docker: EngineClient,
  source: string | Bytes,
  settings?: LoadOptions,
): Promise<LoadedImage[]> {
  return owning(source, { workflow: "load", name: "the source" }, () => {
    const options = checkOptions(settings, RULES, { where: "load" });
    return withLimits("load", options, async (signal) => {
      const log = await loadLog(docker, source, options, signal);
      // Podman names all images in one line.
      const names = [...log.matchAll(LOADED)].flatMap(([, images = ""]) => images.split(","));
      const loaded = names.map((name) => (end: AbortSignal) => loadedImage(docker, name, end));
      return together(loaded, signal);
    });
  });
}

/** Loads images and returns the Engine's messages. */
async function loadLog(
  docker: EngineClient,
  source: string | Bytes,
  { onProgress, platform }: LoadOptions,
  signal: AbortSignal,
): Promise<string> {
  const platforms = platformQueryOf(platformObjectsOf(platform, "load"));
  const loadFrom = async (body: Bytes): Promise<string> => {
    // The Engine reports progress only on request.
    const query = { body, platform: platforms, quiet: onProgress === undefined };
    let log = "";
    await follow(
      await passingOn("load", docker.imageLoad(query, { signal, timeout: UNLIMITED })),
      "ImageLoad",
      (message: ProgressMessage) => {
        log += message.stream ?? "";
        tell(onProgress, message, undefined);
      },
    );
    return log;
  };
  return typeof source === "string" ? sending(await fileSource(source, "load"), loadFrom) : loadFrom(source);
}

/** The image that the Engine reports as loaded, by name or ID. It reports an ID only for an image without a name. */
async function loadedImage(docker: EngineClient, told: string, signal: AbortSignal): Promise<LoadedImage> {
  if (ID.test(told)) return { name: undefined, id: told };
  return { name: told, id: idOf(await docker.imageInspect(told, undefined, { signal }), "ImageInspect") };
}
