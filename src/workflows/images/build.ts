import { reading } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import type { Logins } from "../../logins/index.js";
import { isObject } from "../../members.js";
import { release, takeOver } from "../../operation/index.js";
import { quote } from "../../quote.js";
import type { TarFile } from "../archive/content.js";
import { type Bytes, owning } from "../archive/request-source.js";
import { isFiles, tarFor } from "../archive/tar-of.js";
import type { EngineClient } from "../engine-client.js";
import type { BuildOptions, BuildResult } from "./build-options.js";
import type { Environment } from "./build-secrets.js";

const CONTEXT = {
  workflow: "build",
  name: "the context",
  must: "a path, a Uint8Array, a stream or a list of files",
};

/** Builds an image; see `docker.build`. Its code, and that for archives, is loaded with the first build. */
export async function build(
  docker: EngineClient,
  logins: Logins,
  env: Environment,
  context: string | Bytes | Iterable<TarFile>,
  options?: BuildOptions,
): Promise<BuildResult> {
  reading("build", () => refuseDockerodes(context));
  const files = reading("build", () => (isFiles(context) ? context : undefined));
  const source = files ? tarFor("build", files) : (context as string | Bytes);
  return owning(source, CONTEXT, async () => {
    const dest = reading("build", () => (options?.outputs as { readonly dest?: unknown } | undefined)?.dest);
    return owningResult(dest, async () => {
      const { buildImage } = await import("./build-image.js");
      return buildImage(docker, logins, env, source, options);
    });
  });
}

/** dockerode takes a folder with the files to send. */
function refuseDockerodes(context: unknown): void {
  const folder = isObject(context) ? context.context : undefined;
  if (typeof folder === "string")
    throw new ArgumentError(
      `build: the context must be ${CONTEXT.must}, not an object; write docker.build(${quote(folder)}, options) ` +
        "and exclude files with .dockerignore",
    );
}

/**
 * Owns a stream for the result while a build runs: one that fails before anything is written does not end the process, and
 * one that gets no result, or not all of it, is destroyed.
 */
async function owningResult<T>(dest: unknown, use: () => Promise<T>): Promise<T> {
  takeOver(dest);
  try {
    return await use();
  } catch (error) {
    release(dest);
    throw error;
  }
}
