import { posix } from "node:path";
import { checkOptions, type Rules, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { bytePath } from "./byte-path.js";
import { containerDestination } from "./container-path.js";
import { planCopy } from "./copy-plan.js";
import { hostSource } from "./host-path.js";
import { pack } from "./pack.js";
import { putArchive } from "./put-archive.js";
import { type Bytes, sending } from "./request-source.js";
import { tree } from "./tree.js";

/** Options of `docker.copyIn`. */
export interface CopyInOptions extends Limits {
  /** If the source is a link, copies its target instead. False by default. */
  readonly followLink?: boolean | undefined;
  /**
   * Makes the container's user and group own the copy. By default it keeps its numeric owners on this machine or in the
   * tar.
   */
  readonly archive?: boolean | undefined;
}

const RULES: Rules<CopyInOptions> = { ...LIMIT_RULES, followLink: rule.boolean, archive: rule.boolean };

/** Copies a source that already has an owner. */
export async function copyFrom(
  docker: EngineClient,
  container: string,
  source: string | Bytes,
  path: string,
  settings: CopyInOptions | undefined,
): Promise<void> {
  const options = checkOptions(settings, RULES, { where: "copyIn" });
  const { archive, followLink = false } = options;
  const copy = async (signal: AbortSignal): Promise<void> => {
    const from = typeof source === "string" ? await hostSource(source, followLink, "copyIn") : undefined;
    const destination = await containerDestination(docker, container, path, "copyIn", signal);
    const put = (folder: string, body: Bytes): Promise<void> =>
      putArchive(docker, { workflow: "copyIn", container, folder, archive }, body, signal);
    if (from) {
      const { folder, rename = from.base } = planCopy(from, destination, posix, "copyIn");
      await sending(pack(tree(from.real, bytePath(rename)), "copyIn"), (body) => put(folder, body));
      return;
    }
    if (!destination.isDirectory) {
      throw new ArgumentError(
        `copyIn: a tar is unpacked into a folder, but ${path} in the container ${container} is not one`,
      );
    }
    await put(destination.path, source as Bytes);
  };
  await withLimits("copyIn", options, copy);
}
