import { posix } from "node:path";
import { ArgumentError, isEngineError, StreamError } from "../../errors/index.js";
import type { EngineClient } from "../engine-client.js";
import { type CopyDestination, splitPath } from "./copy-plan.js";

/** What the Engine tells of a path in a container. */
export interface ContainerPathStat {
  readonly name: string;
  readonly size: number;
  /** In the bits of Go's FileMode, which are not POSIX's. */
  readonly mode: number;
  readonly mtime: string;
  readonly linkTarget: string;
}

// Bits of Go's FileMode; arithmetic, since the first one is beyond what JavaScript's operators take.
const DIRECTORY = 2 ** 31;
const SYMLINK = 2 ** 27;
const DEVICE = 2 ** 26;
const NAMED_PIPE = 2 ** 25;
const SOCKET = 2 ** 24;
const IRREGULAR = 2 ** 19;

const has = ({ mode }: ContainerPathStat, bit: number): boolean => Math.floor(mode / bit) % 2 === 1;

export const isDirectory = (stat: ContainerPathStat): boolean => has(stat, DIRECTORY);

/** Reads the header that tells of a path. @throws {StreamError} it is missing or makes no sense */
export function readPathStat(headers: Headers, operation: string): ContainerPathStat {
  const header = headers.get("x-docker-container-path-stat") ?? "";
  try {
    return JSON.parse(Buffer.from(header, "base64").toString("utf8"));
  } catch (cause) {
    throw new StreamError(
      `${operation}: the Engine does not tell what the path is: ${JSON.stringify(header)}`,
      {
        cause,
      },
    );
  }
}

/** What a path in a container is; undefined if there is nothing. */
export async function statPath(
  docker: EngineClient,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<ContainerPathStat | undefined> {
  const answer = await docker.containerArchiveInfo(container, { path }, { signal });
  if (answer.ok) return readPathStat(answer.headers, "ContainerArchiveInfo");
  if (isEngineError(answer.error, 404)) return undefined;
  throw answer.error;
}

/** What a path names in the end: a link's target, or itself. */
export const followed = (path: string, { linkTarget }: ContainerPathStat): string =>
  linkTarget.startsWith("/") ? linkTarget : posix.join(splitPath(path, posix).folder, linkTarget);

export const isSymlink = (stat: ContainerPathStat): boolean => has(stat, SYMLINK);

/**
 * Finds what a destination names, a link followed.
 *
 * @throws {ArgumentError} it is a device or the like
 */
export async function containerDestination(
  docker: EngineClient,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<CopyDestination> {
  let target = path;
  let stat = await statPath(docker, container, path, signal);
  if (stat && isSymlink(stat)) {
    target = followed(path, stat);
    stat = await statPath(docker, container, target, signal);
  }
  if (stat && [DEVICE, NAMED_PIPE, SOCKET, IRREGULAR].some((bit) => has(stat, bit))) {
    throw new ArgumentError(
      `copyIn: ${path} in ${container} is neither a file nor a folder; name one of these`,
    );
  }
  return { path: target, exists: stat !== undefined, isDirectory: stat !== undefined && isDirectory(stat) };
}
