import { posix } from "node:path";
import { ArgumentError } from "../../errors.js";
import { given } from "../defined.js";
import type { EngineClient } from "../engine-client.js";
import { type Limits, withLimits } from "../limits.js";
import { containerDestination } from "./container-path.js";
import { planCopy } from "./copy-plan.js";
import { hostSource } from "./host-path.js";
import { pack, tree } from "./pack.js";

/** Options of `docker.copyIn`. */
export interface CopyInOptions extends Limits {
  /** Copies what a link names instead of the link, if the source itself is one. False by default. */
  readonly followLink?: boolean | undefined;
  /**
   * Gives what is copied to the container's user and group. By default it keeps the owner's numbers that it has here, or
   * in the tar.
   */
  readonly archive?: boolean | undefined;
}

/** Copies files into a container; see `docker.copyIn`. */
export async function copyIn(
  docker: EngineClient,
  container: string,
  source: string | Uint8Array | AsyncIterable<Uint8Array>,
  path: string,
  options: CopyInOptions = {},
): Promise<void> {
  const { archive, followLink = false } = options;
  await withLimits("copyIn", options, async (signal) => {
    const from = typeof source === "string" ? await hostSource(source, followLink, "copyIn") : undefined;
    const destination = await containerDestination(docker, container, path, signal);
    const put = async (folder: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> => {
      // A file never replaces a folder, nor the other way round.
      const query = given({ path: folder, noOverwriteDirNonDir: true, copyUIDGID: archive });
      await docker.putContainerArchive(container, body, query, { signal });
    };
    if (from) {
      const { folder, rename = from.base } = planCopy(from, destination, posix, "copyIn");
      await put(folder, pack(tree(from.real, rename), "copyIn"));
      return;
    }
    if (!destination.isDirectory) {
      throw new ArgumentError(`copyIn: a tar is unpacked in a folder, and ${path} in ${container} is none`);
    }
    await put(destination.path, source as Uint8Array | AsyncIterable<Uint8Array>);
  });
}
