import type { RequestedPlatform as Platform } from "#generated/schema.js";
import { checkOptions, describe, type Rules, reading, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import type { TarStream } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { platformObjectOf } from "./platform-forms.js";

/** Options of `docker.save`. */
export interface SaveOptions extends Limits {
  /** Platform to save, as "os/arch[/variant]" or an OCI platform; all platforms the Engine has by default. */
  readonly platform?: Platform | string | undefined;
  /** Called with the number of bytes written so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

const RULES: Rules<SaveOptions> = { ...LIMIT_RULES, onProgress: rule.function, platform: rule.checkedLater };

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
  const { onProgress } = options;
  const platform = platformObjectOf(options.platform, "save");
  return withLimits("save", options, async (signal) => {
    const [only = ""] = names;
    const tar: TarStream =
      names.length === 1
        ? await docker.imageGet(only, platform, { signal })
        : await docker.imageGetAll({ names, platform }, { signal });
    return tar.toFile(path, { onProgress });
  });
}
