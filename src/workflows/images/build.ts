import type { Logins } from "../../logins/index.js";
import { type Bytes, owning } from "../archive/request-source.js";
import type { EngineClient } from "../engine-client.js";
import type { BuildOptions, BuildResult } from "./build-options.js";
import type { Environment } from "./build-secrets.js";

/** Builds an image; see `docker.build`. Its code, and that of archives, is loaded with the first build. */
export async function build(
  docker: EngineClient,
  logins: Logins,
  env: Environment,
  context: string | Bytes,
  options?: BuildOptions,
): Promise<BuildResult> {
  return owning(context, { workflow: "build", name: "the context" }, async () => {
    const { buildImage } = await import("./build-image.js");
    return buildImage(docker, logins, env, context, options);
  });
}
