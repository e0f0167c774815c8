import { posix } from "node:path";
import { describe } from "../../arguments.js";
import { ArgumentError, isEngineError } from "../../errors.js";
import { type PathStat, type PathType, pathType, readPathStat } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { type CopyDestination, splitPath } from "./copy-plan.js";

/** Refuses a path that is not a string, and an empty one, which the Engine's error would not name. */
export function checkContainerPath(path: string, workflow: string): void {
  if (typeof path !== "string")
    throw new ArgumentError(`${workflow}: the path in the container must be a string, not ${describe(path)}`);
  if (path === "")
    throw new ArgumentError(`${workflow}: the path in the container is empty; name one, such as "/"`);
}

/** Describes a path in a container; undefined if it does not exist. */
export async function statPath(
  docker: EngineClient,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<PathStat | undefined> {
  const answer = await docker.containerArchiveInfo(container, { path }, { signal }).result();
  if (answer.ok) return answer.data;
  if (isEngineError(answer.error, 404)) {
    // Podman describes a dangling link, and yet says that it is missing.
    const link = answer.headers?.get("x-docker-container-path-stat");
    return link ? readPathStat(link, "ContainerArchiveInfo") : undefined;
  }
  // Only the answer to GET says what is wrong: the answer to HEAD has no body.
  if (isEngineError(answer.error)) {
    const told = await docker.containerArchive(container, { path }, { signal }).result();
    if (told.ok) told.data.cancel();
    else if (told.status === answer.status) throw told.error;
  }
  throw answer.error;
}

/** The target of a link. */
export const followed = (path: string, { linkTarget }: PathStat): string =>
  linkTarget.startsWith("/") ? linkTarget : posix.join(splitPath(path, posix).folder, linkTarget);

const UNUSABLE: readonly PathType[] = ["device", "pipe", "socket", "irregular"];

/**
 * Finds a destination, following a link.
 *
 * @throws {ArgumentError} the path is empty, or a device or the like
 */
export async function containerDestination(
  docker: EngineClient,
  container: string,
  path: string,
  workflow: string,
  signal: AbortSignal,
): Promise<CopyDestination> {
  checkContainerPath(path, workflow);
  let target = path;
  let stat = await statPath(docker, container, path, signal);
  if (stat && pathType(stat) === "symlink") {
    target = followed(path, stat);
    stat = await statPath(docker, container, target, signal);
  }
  if (stat && UNUSABLE.includes(pathType(stat))) {
    throw new ArgumentError(
      `${workflow}: ${path} in the container ${container} is neither a file nor a folder; name one of these`,
    );
  }
  return {
    path: target,
    exists: stat !== undefined,
    isDirectory: stat !== undefined && pathType(stat) === "directory",
  };
}

/** The deepest existing folder on the way to a path, and the missing rest. */
export async function existingFolder(
  docker: EngineClient,
  container: string,
  path: string,
  workflow: string,
  signal: AbortSignal,
): Promise<{ readonly folder: string; readonly missing: string }> {
  const missing: string[] = [];
  for (let at = posix.normalize(path); ; at = posix.dirname(at)) {
    const found = await containerDestination(docker, container, at, workflow, signal);
    if (found.exists && !found.isDirectory)
      throw new ArgumentError(`${workflow}: ${at} in the container ${container} is a file; name a folder`);
    if (found.exists) return { folder: found.path, missing: missing.join("/") };
    if (at === "/" || at === ".") {
      // If the root is missing, so is the container. Only the answer to GET says so.
      (await docker.containerArchive(container, { path: at }, { signal })).cancel();
      return { folder: found.path, missing: missing.join("/") };
    }
    missing.unshift(posix.basename(at));
  }
}
