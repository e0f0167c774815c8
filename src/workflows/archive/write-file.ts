import { posix } from "node:path";
import { checkOptions, type Rules, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { pathType } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { checkContainerPath, existingFolder, followed, statPath } from "./container-path.js";
import type { Content, TarFile, TarFiles } from "./content.js";
import { assertion, splitPath } from "./copy-plan.js";
import { packContent } from "./pack-content.js";
import { putArchive } from "./put-archive.js";
import { notFile, ownerOf } from "./read-file.js";
import { sending } from "./request-source.js";
import { Contents, contentsOf, packed } from "./tar-of.js";

/** Options of `docker.copyContentIn`. */
export interface CopyContentInOptions extends Limits {
  /** Folder in the container that the files go into, created if it does not exist; "/" by default. */
  readonly path?: string | undefined;
  /** Makes the container's user and group own the files, whatever their `uid` and `gid`. False by default. */
  readonly archive?: boolean | undefined;
}

/** Options of `docker.writeFile`. */
export interface WriteFileOptions extends Limits, Pick<TarFile, "gid" | "mode" | "size" | "uid"> {
  /** Makes the container's user and group own the file. By default, an existing file keeps its owner, and a new one belongs to root. */
  readonly archive?: boolean | undefined;
}

const COPY_RULES: Rules<CopyContentInOptions> = { ...LIMIT_RULES, path: rule.text, archive: rule.boolean };
/** A file's own options are checked with it. */
const { checkedLater } = rule;
const WRITE_RULES: Rules<WriteFileOptions> = {
  ...LIMIT_RULES,
  ...{ mode: checkedLater, uid: checkedLater, gid: checkedLater, size: checkedLater },
  archive: rule.boolean,
};

/** Copies in-memory files into a container. */
export async function copyContent(
  docker: EngineClient,
  container: string,
  files: TarFiles,
  settings: CopyContentInOptions | undefined,
): Promise<void> {
  const workflow = "copyContentIn";
  const contents = contentsOf(files, workflow, true);
  try {
    const options = checkOptions(settings, COPY_RULES, { where: workflow });
    const { archive, path = "/" } = options;
    checkContainerPath(path, workflow);
    await withLimits(workflow, options, async (signal) => {
      const { folder, missing } = await existingFolder(docker, container, path, workflow, signal);
      const tar = packed(contents, { workflow, mtime: now(), below: missing });
      await sending(tar, (body) =>
        putArchive(docker, { workflow, container, folder, archive }, body, signal),
      );
    });
  } finally {
    contents.close();
  }
}

/** Writes a file in a container. */
export async function writeContent(
  docker: EngineClient,
  container: string,
  path: string,
  content: NonNullable<TarFile["content"]>,
  settings: WriteFileOptions | undefined,
): Promise<void> {
  const workflow = "writeFile";
  const given = checkOptions(settings, WRITE_RULES, { where: workflow });
  const { archive, gid, mode, size, uid } = given;
  checkContainerPath(path, workflow);
  if (assertion(path, posix) !== "")
    throw new ArgumentError(`${workflow}: ${path} names a folder; name a file in it`);
  const contents = new Contents(
    [{ path: posix.normalize(path), content, size, mode, uid, gid }],
    workflow,
    true,
  );
  try {
    await withLimits(workflow, given, async (signal) => {
      const { target, exists } = await writable(docker, container, path, signal);
      const { folder, base } = splitPath(target, posix);
      if (!exists) await checkFolder(docker, container, folder, signal);
      const kept = exists ? await ownerOf(docker, container, target, signal) : undefined;
      const [file] = contents.checked as [Content];
      const owned = {
        ...{ mode: mode ?? kept?.mode ?? file.mode, uid: uid ?? kept?.uid ?? file.uid },
        gid: gid ?? kept?.gid ?? file.gid,
      };
      const tar = packContent([{ ...file, ...owned, path: base }], { workflow, mtime: now() });
      await sending(tar, (body) =>
        putArchive(docker, { workflow, container, folder, archive }, body, signal),
      );
    });
  } finally {
    contents.close();
  }
}

/** The file that a path leads to, which may not exist yet. @throws {ArgumentError} it is a folder, a device or the like */
async function writable(
  docker: EngineClient,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly target: string; readonly exists: boolean }> {
  let target = path;
  let stat = await statPath(docker, container, path, signal);
  if (stat && pathType(stat) === "symlink") {
    target = followed(path, stat);
    stat = await statPath(docker, container, target, signal);
  }
  const type = stat && pathType(stat);
  if (type !== undefined && type !== "file") {
    throw notFile("writeFile", container, path, type === "directory");
  }
  return { target, exists: stat !== undefined };
}

/** Refuses a folder that does not exist, which Podman would create. */
async function checkFolder(
  docker: EngineClient,
  container: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { missing } = await existingFolder(docker, container, folder, "writeFile", signal);
  if (missing === "") return;
  throw new ArgumentError(
    `writeFile: the folder ${folder} does not exist in the container ${container} (ENOENT); create it first, or use ` +
      "copyContentIn, which does",
  );
}

const now = (): number => Math.floor(Date.now() / 1000);
