import { realpath } from "node:fs/promises";
import * as paths from "node:path";
import { posix } from "node:path";
import { pathType } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { type Limits, withLimits } from "../limits.js";
import { followed, statPath } from "./container-path.js";
import { assertion, planCopy, splitPath } from "./copy-plan.js";
import { hostDestination } from "./host-path.js";
import { unpack } from "./unpack.js";

/** Options of `docker.copyOut`. */
export interface CopyOutOptions extends Limits {
  /** Copies what a link names instead of the link, if the source itself is one. False by default. */
  readonly followLink?: boolean | undefined;
}

/** Copies files out of a container; see `docker.copyOut`. */
export async function copyOut(
  docker: EngineClient,
  container: string,
  path: string,
  hostPath: string,
  options: CopyOutOptions = {},
): Promise<void> {
  await withLimits("copyOut", options, async (signal) => {
    const destination = await hostDestination(hostPath, "copyOut");
    const source = options.followLink ? await resolveLink(docker, container, path, signal) : path;
    const answer = await docker.containerArchive(container, { path: source }, { signal }).result();
    if (!answer.ok) throw answer.error;
    const { data: archive } = answer;
    try {
      const isDirectory = pathType(archive.stat) === "directory";
      const base = splitPath(source, posix).base || "/";
      const plan = planCopy({ path, base, isDirectory }, destination, paths, "copyOut");
      const folder = await realpath(plan.folder);
      // What a followed link is called is decided here, not by what it leads to.
      const named = source === path ? plan.rename : (plan.rename ?? splitPath(path, posix).base);
      await unpack(archive, { folder, from: base, to: base === "." && named === "." ? undefined : named });
    } finally {
      archive.cancel();
    }
  });
}

/** The path that a link leads to, with what the end of the given path says. */
async function resolveLink(
  docker: EngineClient,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  const stat = await statPath(docker, container, path, signal);
  if (!stat || pathType(stat) !== "symlink") return path;
  const target = posix.normalize(followed(path, stat));
  return { "": target, "/": `${target}/`, ".": `${target}/.` }[assertion(path, posix)];
}
