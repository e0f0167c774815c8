import type { EngineClient } from "../engine-client.js";
import type { CopyInOptions } from "./copy-in.js";
import type { CopyOutOptions } from "./copy-out.js";
import { type Bytes, owning } from "./request-source.js";

/** Copies files into a container; see `docker.copyIn`. Its code, like copyOut's, is loaded when first used. */
export async function copyIn(
  docker: EngineClient,
  container: string,
  source: string | Bytes,
  path: string,
  options?: CopyInOptions,
): Promise<void> {
  await owning(source, { workflow: "copyIn", name: "the source" }, async () => {
    const { copyFrom } = await import("./copy-in.js");
    await copyFrom(docker, container, source, path, options);
  });
}

/** Copies files out of a container; see `docker.copyOut`. */
export async function copyOut(
  docker: EngineClient,
  container: string,
  path: string,
  hostPath: string,
  options?: CopyOutOptions,
): Promise<void> {
  const { copyTo } = await import("./copy-out.js");
  await copyTo(docker, container, path, hostPath, options);
}
