import { stat } from "node:fs/promises";
import { ArgumentError } from "../../errors.js";
import { type FolderContext, findContext } from "../archive/build-context.js";
import type { Bytes } from "../archive/request-source.js";
import type { BuildOptions } from "./build-options.js";

/** The source of an image. */
export type BuildSource =
  | { readonly kind: "folder"; readonly context: FolderContext }
  | { readonly kind: "tar"; readonly tar: Bytes; readonly dockerfile: string | undefined }
  | { readonly kind: "remote"; readonly url: string; readonly dockerfile: string | undefined };

/** Matches anything the docker CLI takes for the URL of a Git repository, tar or Dockerfile. */
const URL_LIKE = /^(?:https?:\/\/|git:\/\/|ssh:\/\/|git@|github\.com\/)/;

/**
 * Finds out what the context of a build is. As in the docker CLI, a folder takes precedence over a URL of the same name.
 *
 * @throws {ArgumentError} the folder or Dockerfile cannot be read, or an option does not go with the context
 */
export async function buildSource(
  context: string | Bytes,
  { dockerfile, contextKey }: Pick<BuildOptions, "contextKey" | "dockerfile">,
): Promise<BuildSource> {
  const isUrl = typeof context === "string" && URL_LIKE.test(context) && !(await isFolder(context));
  if (typeof context === "string" && !isUrl) {
    return { kind: "folder", context: await findContext(context, dockerfile) };
  }
  if (contextKey !== undefined) {
    throw new ArgumentError(`build: contextKey names a folder, not ${isUrl ? "a URL" : "a tar"}; remove it`);
  }
  if (typeof dockerfile === "object") {
    const place = isUrl ? "what the URL names" : "the tar";
    throw new ArgumentError(
      `build: the text of a Dockerfile needs a folder; put the Dockerfile into ${place} and pass its path`,
    );
  }
  if (typeof context === "string") return { kind: "remote", url: context, dockerfile };
  return { kind: "tar", tar: context, dockerfile };
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
