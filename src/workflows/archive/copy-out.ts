import * as paths from "node:path";
import { posix } from "node:path";
import { checkOptions, describe, type Rules, rule } from "../../arguments.js";
import { ArgumentError, StreamError } from "../../errors.js";
import { pathType } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { bytePath, realPath } from "./byte-path.js";
import { checkContainerPath, followed, statPath } from "./container-path.js";
import { assertion, planCopy, splitPath } from "./copy-plan.js";
import { whileEmpty } from "./empty-archive.js";
import { halfCopy } from "./half-copy.js";
import { hostDestination } from "./host-path.js";
import { type Unpacked, unpack } from "./unpack.js";

/** Options of `docker.copyOut`. */
export interface CopyOutOptions extends Limits {
  /** If the source is a link, copies its target instead. False by default. */
  readonly followLink?: boolean | undefined;
}

const RULES: Rules<CopyOutOptions> = { ...LIMIT_RULES, followLink: rule.boolean };

/** Copies files out of a container. */
export async function copyTo(
  docker: EngineClient,
  container: string,
  path: string,
  hostPath: string,
  settings: CopyOutOptions | undefined,
): Promise<void> {
  const options = checkOptions(settings, RULES, { where: "copyOut" });
  if (typeof hostPath !== "string") {
    throw new ArgumentError(`copyOut: the local path must be a string, not ${describe(hostPath)}`);
  }
  const done: Unpacked = { entries: 0, isEmpty: true };
  const copyOnce = async (signal: AbortSignal): Promise<void> => {
    checkContainerPath(path, "copyOut");
    const destination = await hostDestination(hostPath, "copyOut");
    const source = options.followLink ? await resolveLink(docker, container, path, signal) : path;
    const archive = await docker.containerArchive(container, { path: source }, { signal });
    try {
      const isDirectory = pathType(archive.stat) === "directory";
      const base = splitPath(source, posix).base || "/";
      const plan = planCopy({ path, base, isDirectory }, destination, paths, "copyOut");
      const folder = await realPath(plan.folder);
      // A followed link keeps its own name, whatever it leads to.
      const named = source === path ? plan.rename : (plan.rename ?? splitPath(path, posix).base);
      const to = named === undefined || (base === "." && named === ".") ? undefined : bytePath(named);
      await unpack(archive, { workflow: "copyOut", folder, from: bytePath(base), to }, done);
      if (done.isEmpty) throw new StreamError(`copyOut: the archive of ${base} is empty`);
    } finally {
      archive.cancel();
    }
  };
  try {
    await withLimits("copyOut", options, (signal) => whileEmpty(() => copyOnce(signal), signal));
  } catch (error) {
    if (done.entries === 0) throw error;
    const copied = done.entries === 1 ? "One entry was" : `${done.entries} entries were`;
    throw halfCopy(error, `${copied} copied to ${hostPath} before that.`);
  }
}

/** The target of a link, with the ending of the given path. */
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
