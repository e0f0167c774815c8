import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { RequestedPlatform as Platform, ProgressMessage } from "../../../generated/schema.js";
import { given } from "../defined.js";
import type { EngineClient } from "../engine-client.js";
import { type Limits, withLimits } from "../limits.js";
import { platformObject } from "./platform.js";
import { follow } from "./pull.js";

/** Options of `docker.load`. */
export interface LoadOptions extends Limits {
  /** The one platform to load, "os/arch[/variant]" or an OCI platform; all that the tar has by default. */
  readonly platform?: Platform | string | undefined;
  /** Called with each record of the Engine's progress; an error it throws ends the workflow. */
  readonly onProgress?: ((message: ProgressMessage) => void) | undefined;
}

const LOADED = /^Loaded image(?: ID)?: (.+)$/gm;

/** Loads images from a tar; see `docker.load`. */
export async function load(
  docker: EngineClient,
  source: string | Uint8Array | AsyncIterable<Uint8Array>,
  options: LoadOptions = {},
): Promise<string[]> {
  const { onProgress, platform } = options;
  const body = typeof source === "string" ? createReadStream(source, { highWaterMark: 1 << 20 }) : source;
  const query = given({
    body,
    platform: platformObject(platform, "load"),
    // Without it the Engine tells no progress.
    quiet: onProgress === undefined,
  });
  let told = "";
  try {
    await withLimits("load", options, async (signal) => {
      await follow(await docker.imageLoad(query, { signal }), (message) => {
        told += message.stream ?? "";
        onProgress?.(message);
      });
    });
  } finally {
    if (body instanceof Readable) body.destroy();
  }
  return [...told.matchAll(LOADED)].map(([, image = ""]) => image);
}
