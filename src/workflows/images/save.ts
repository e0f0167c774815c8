import { checkOptions, describe, type Rules, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import type { TarStream } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { type PlatformChoice, passingOn, platformObjectsOf, platformQueryOf } from "./platform-forms.js";
import { imageList } from "./reference.js";

/** Options of `docker.save`. */
export interface SaveOptions extends Limits {
  /**
   * Platform to save, as "os/arch[/variant]" or an OCI platform, since API 1.52 also a list of these; all platforms the
   * Engine has by default.
   */
  readonly platform?: PlatformChoice | undefined;
  /**
   * Whether the images must be complete: every platform of an image, or every requested platform, with all of its layers. The
   * Engine saves what it has, and leaves out the rest without an error; false by default.
   */
  readonly complete?: boolean | undefined;
  /** Called with the number of bytes written so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

const RULES: Rules<SaveOptions> = {
  ...LIMIT_RULES,
  complete: rule.boolean,
  onProgress: rule.function,
  platform: rule.checkedLater,
};

/** Saves images to a file; see `docker.save`. */
export async function save(
  docker: EngineClient,
  images: string | readonly string[],
  path: string,
  settings?: SaveOptions,
): Promise<number> {
  const options = checkOptions(settings, RULES, { where: "save" });
  const names = imageList(images, "save");
  for (const name of names) {
    if (typeof name === "string" && name !== "") continue;
    const within = Array.isArray(images) ? "an array that contains " : "";
    throw new ArgumentError(`save: name one or more images, not ${within}${describe(name)}`);
  }
  if (typeof path !== "string" || path === "") {
    throw new ArgumentError(`save: the path must name a file, not ${describe(path)}`);
  }
  const { complete = false, onProgress } = options;
  const platforms = platformObjectsOf(options.platform, "save");
  const platform = platformQueryOf(platforms);
  return withLimits("save", options, async (signal) => {
    const [only = ""] = names;
    const exported: PromiseLike<TarStream> =
      names.length === 1
        ? docker.imageGet(only, platform, { signal })
        : docker.imageGetAll({ names, platform }, { signal });
    const tar = await passingOn("save", exported);
    return tar.writeTo(path, { onProgress, complete: complete && (platforms ?? true) }, "save");
  });
}
