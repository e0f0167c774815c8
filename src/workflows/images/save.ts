import { checkOptions, describe, type Rules, reading, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import type { TarStream } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { type PlatformChoice, platformObjectsOf, platformQueryOf } from "./platform-forms.js";

/** Options of `docker.save`. */
export interface SaveOptions extends Limits {
  /**
   * Platform to save, as "os/arch[/variant]" or an OCI platform, since API 1.52 also a list of these; all platforms the
   * Engine has by default.
   */
  readonly platform?: PlatformChoice | undefined;
  /**
   * Whether the images must be whole: every platform of an image, or every platform asked for, with all of its layers. The
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
  const names = reading("save", () => (Array.isArray(images) ? [...images] : [images]));
  if (names.length === 0 || names.some((name) => typeof name !== "string" || name === "")) {
    throw new ArgumentError(`save: pass one or more image names, not ${describe(images)}`);
  }
  if (typeof path !== "string" || path === "") {
    throw new ArgumentError(`save: the path must name a file, not ${describe(path)}`);
  }
  const { complete = false, onProgress } = options;
  const platforms = platformObjectsOf(options.platform, "save");
  const platform = platformQueryOf(platforms);
  return withLimits("save", options, async (signal) => {
    const [only = ""] = names;
    const tar: TarStream =
      names.length === 1
        ? await docker.imageGet(only, platform, { signal })
        : await docker.imageGetAll({ names, platform }, { signal });
    return tar.toFile(path, { onProgress, complete: complete && (platforms ?? true) });
  });
}
