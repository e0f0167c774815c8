import { release, takeOver } from "../../operation/index.js";
import type { EngineClient } from "../engine-client.js";
import type { TarFile, TarFiles } from "./content.js";
import type { ReadFileOptions } from "./read-file.js";
import type { CopyContentInOptions, WriteFileOptions } from "./write-file.js";

/** Copies in-memory files into a container; see `docker.copyContentIn`. Its code, like the others', is loaded when first used. */
export async function copyContentIn(
  docker: EngineClient,
  container: string,
  files: TarFiles,
  options?: CopyContentInOptions,
): Promise<void> {
  const { copyContent } = await import("./write-file.js");
  await copyContent(docker, container, files, options);
}

/** Reads a file in a container; see `docker.readFile`. */
export async function readFile(
  docker: EngineClient,
  container: string,
  path: string,
  options?: ReadFileOptions | BufferEncoding,
): Promise<Buffer | string> {
  const { contentOfFile } = await import("./read-file.js");
  return contentOfFile(docker, container, path, options);
}

/** Writes a file in a container; see `docker.writeFile`. */
export async function writeFile(
  docker: EngineClient,
  container: string,
  path: string,
  content: NonNullable<TarFile["content"]>,
  options?: WriteFileOptions,
): Promise<void> {
  takeOver(content);
  try {
    const { writeContent } = await import("./write-file.js");
    await writeContent(docker, container, path, content, options);
  } finally {
    release(content);
  }
}
