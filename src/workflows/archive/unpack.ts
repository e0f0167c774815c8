import { chmod, link, lstat, lutimes, mkdir, open, symlink, utimes } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { isDockerError, StreamError } from "../../errors.js";
import { writeBeside } from "../../streams/index.js";
import { type BytePath, joinBytePaths, onDisk, textOf } from "./byte-path.js";
import { entryPath, type UnpackTarget } from "./entry-path.js";
import { readTar, type TarEntry } from "./read-tar.js";

/** Progress of unpacking, for messages about failures. */
export interface Unpacked {
  /** Number of files, folders and links in place. */
  entries: number;
  /** Set to false by the first entry, which may be the folder itself. */
  isEmpty?: boolean;
}

/**
 * Unpacks an archive below its target, and nowhere else: an entry that would be outside, by its name, through a link or as a hard
 * link, is refused, and so are devices. Each file appears only when complete. As in `docker cp`, owners are not restored.
 *
 * @throws {StreamError} an entry is refused or cannot be written, or the archive is damaged; earlier entries remain
 */
export async function unpack(
  archive: AsyncIterable<Uint8Array>,
  target: UnpackTarget,
  done: Unpacked = { entries: 0 },
): Promise<void> {
  const folders: { path: BytePath; entry: TarEntry }[] = [];
  try {
    for await (const entry of readTar(archive)) {
      done.isEmpty = false;
      const path = await place(entry, target);
      if (path === undefined) continue;
      done.entries += 1;
      if (entry.type === "directory") folders.push({ path, entry });
    }
    // Last, so that read-only folders can be filled, and filling a folder does not change its time.
    for (const { path, entry } of folders.reverse()) {
      await chmod(onDisk(path), entry.mode);
      await utimes(onDisk(path), timeOf(entry), timeOf(entry));
    }
  } catch (error) {
    if (isDockerError(error)) throw error;
    throw new StreamError(`${target.workflow}: cannot unpack the archive: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Writes an entry. Returns its path, or undefined if it is the target folder itself and exists. */
async function place(entry: TarEntry, target: UnpackTarget): Promise<BytePath | undefined> {
  const path = entryPath(entry.name, target);
  const isFolder = entry.type === "directory";
  await makeParents(path, entry, target);
  const existing = await lstat(onDisk(path)).catch(absent);
  if (existing && existing.isDirectory() !== isFolder) {
    const [there, here] = isFolder ? ["is not a folder", "is one"] : ["is a folder", "is not"];
    throw new StreamError(
      `${target.workflow}: ${textOf(path)} ${there}, but ${textOf(entry.name)} of the archive ${here}`,
    );
  }
  if (path === target.folder && existing) return undefined;
  if (!isFolder) await write(entry, path, target);
  else if (!existing) await mkdir(onDisk(path), { mode: 0o700 });
  return path;
}

async function write(entry: TarEntry, path: BytePath, target: UnpackTarget): Promise<void> {
  switch (entry.type) {
    case "file":
      return writeBeside(onDisk(path), (partial) => writeFile(entry, partial));
    case "symlink": {
      const leads = onDisk(checkedLink(entry, path, target));
      return writeBeside(onDisk(path), async (partial) => {
        await symlink(leads, partial);
        await lutimes(partial, timeOf(entry), timeOf(entry));
      });
    }
    case "link": {
      const original = entryPath(entry.linkname, target);
      await makeParents(original, entry, target);
      if (!(await lstat(onDisk(original))).isFile()) {
        throw new StreamError(
          `${target.workflow}: ${textOf(entry.name)} is a link to ${textOf(entry.linkname)}, which is not a file`,
        );
      }
      return writeBeside(onDisk(path), (partial) => link(onDisk(original), partial));
    }
    default:
      throw new StreamError(
        `${target.workflow}: ${textOf(entry.name)} is a ${entry.type}, which cannot be copied`,
      );
  }
}

async function writeFile(entry: TarEntry, partial: string | Buffer): Promise<void> {
  const file = await open(partial, "wx", 0o600);
  try {
    for await (const chunk of entry.content) await file.writeFile(chunk);
    await file.chmod(entry.mode);
    await file.utimes(timeOf(entry), timeOf(entry));
  } finally {
    await file.close();
  }
}

/** Creates missing parent folders. Existing ones must be folders: a link could lead anywhere. */
async function makeParents(
  path: BytePath,
  { name }: TarEntry,
  { workflow, folder }: UnpackTarget,
): Promise<void> {
  const steps = relative(folder, dirname(path)).split(sep).filter(Boolean) as BytePath[];
  let at = folder;
  for (const step of steps) {
    at = joinBytePaths(at, step);
    const found = await lstat(onDisk(at)).catch(absent);
    if (!found) await mkdir(onDisk(at));
    else if (!found.isDirectory()) {
      throw new StreamError(
        `${workflow}: ${textOf(name)} of the archive is below ${textOf(at)}, which is not a folder`,
      );
    }
  }
}

/** Like docker cp, refuses a relative link out of the target, and keeps an absolute one. */
function checkedLink(
  { linkname, name }: TarEntry,
  path: BytePath,
  { workflow, folder }: UnpackTarget,
): BytePath {
  const leads = resolve(dirname(path), linkname.startsWith("/") ? `.${linkname}` : linkname);
  const way = relative(folder, leads);
  if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    throw new StreamError(
      `${workflow}: ${textOf(name)} is a link to ${textOf(linkname)}, which is outside ${textOf(folder)}`,
    );
  }
  return linkname;
}

/** As in docker cp, times before 1970 become 1970. */
const timeOf = ({ mtime }: TarEntry): number => Math.max(mtime, 0);

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
