import {
  chmod,
  type FileHandle,
  link,
  lstat,
  lutimes,
  mkdir,
  open,
  rm,
  symlink,
  unlink,
  utimes,
} from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import type { Extract, Header } from "tar-stream";
import { isDockerError, StreamError } from "../../errors.js";
import { entryPath, type UnpackTarget } from "./entry-path.js";

type Entry = Extract extends AsyncIterable<infer Item> ? Item : never;

/**
 * Unpacks an archive below its target, and nowhere else: an entry that would lie outside, by its name, by a link on its way
 * or as a hard link, is refused, and so are devices. Owners are not restored, as with `docker cp`.
 *
 * @throws {StreamError} an entry is refused, cannot be written, or the archive is broken; files so far stay
 */
export async function unpack(archive: AsyncIterable<Uint8Array>, target: UnpackTarget): Promise<void> {
  const { extract } = await import("tar-stream");
  const entries = extract();
  const source = Readable.from(archive, { objectMode: false });
  source.on("error", (error) => entries.destroy(error));
  source.pipe(entries);
  const folders: { path: string; header: Header }[] = [];
  try {
    for await (const entry of entries) {
      const path = await place(entry, target);
      if (path !== undefined && entry.header.type === "directory")
        folders.push({ path, header: entry.header });
    }
    // Last, so that a folder that may not be written to can be filled, and filling it does not change its time.
    for (const { path, header } of folders.reverse()) {
      await chmod(path, modeOf(header));
      await utimes(path, timeOf(header), timeOf(header));
    }
  } catch (error) {
    if (isDockerError(error)) throw error;
    throw new StreamError(`copyOut: unpacking failed: ${(error as Error).message}`, { cause: error });
  } finally {
    source.destroy();
    entries.destroy();
  }
}

/** Writes an entry; gives its path, or undefined if it is the target folder itself, which was there. */
async function place(entry: Entry, target: UnpackTarget): Promise<string | undefined> {
  const { header } = entry;
  const path = entryPath(header.name, target);
  await checkParents(path, header.name, target);
  const existing = await lstat(path).catch(() => undefined);
  const isFolder = header.type === "directory";
  if (existing?.isDirectory() && !isFolder) {
    throw new StreamError(`copyOut: ${path} is a folder, and ${header.name} of the archive is none`);
  }
  if (existing && !existing.isDirectory() && isFolder) {
    throw new StreamError(`copyOut: ${path} is no folder, and ${header.name} of the archive is one`);
  }
  if (path === target.folder && existing) {
    entry.resume();
    return undefined;
  }
  if (existing && !isFolder) await unlink(path);
  await write(entry, path, target, existing !== undefined);
  return path;
}

async function write(entry: Entry, path: string, target: UnpackTarget, exists: boolean): Promise<void> {
  const { header } = entry;
  switch (header.type) {
    case "file":
    case "contiguous-file":
      return writeFile(entry, path);
    case "directory":
      if (!exists) await mkdir(path, { mode: 0o700 });
      break;
    case "symlink":
      await symlink(checkedLink(header, path, target), path);
      await lutimes(path, timeOf(header), timeOf(header));
      break;
    case "link": {
      const original = entryPath(header.linkname ?? "", target);
      await checkParents(original, header.name, target);
      if (!(await lstat(original)).isFile()) {
        throw new StreamError(`copyOut: ${header.name} is a link to ${header.linkname}, which is no file`);
      }
      await link(original, path);
      break;
    }
    default:
      throw new StreamError(`copyOut: ${header.name} is a ${header.type}, which cannot be copied`);
  }
  entry.resume();
}

async function writeFile(entry: Entry, path: string): Promise<void> {
  const { header } = entry;
  // A new file: nothing that is there, such as a link, is written through.
  const file: FileHandle = await open(path, "wx", 0o600);
  try {
    for await (const chunk of entry as AsyncIterable<Uint8Array>) await file.writeFile(chunk);
    await file.chmod(modeOf(header));
    await file.utimes(timeOf(header), timeOf(header));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Each folder on the way is made if it is missing, and must be a folder: a link could lead anywhere. */
async function checkParents(path: string, name: string, { folder }: UnpackTarget): Promise<void> {
  const steps = relative(folder, dirname(path)).split(sep).filter(Boolean);
  for (let i = 0, at = folder; i < steps.length; i += 1) {
    at = join(at, steps[i] as string);
    const found = await lstat(at).catch(() => undefined);
    if (!found) await mkdir(at);
    else if (!found.isDirectory()) {
      throw new StreamError(`copyOut: ${name} of the archive lies below ${at}, which is no folder`);
    }
  }
}

/** As docker cp does, a link that leads out of the target by dots is refused; an absolute one is kept as it is. */
function checkedLink({ linkname, name }: Header, path: string, { folder }: UnpackTarget): string {
  const text = linkname ?? "";
  const leads = resolve(dirname(path), text.startsWith("/") ? `.${text}` : text);
  if (leads !== folder && !leads.startsWith(folder + sep)) {
    throw new StreamError(`copyOut: ${name} is a link to ${linkname}, which lies outside of ${folder}`);
  }
  return text;
}

const modeOf = ({ mode = 0o644 }: Header): number => mode & 0o7777;
/** An extended header tells times that tar's own field cannot hold; before 1970 is 1970, as with docker cp. */
function timeOf({ mtime = new Date(0), pax }: Header): Date {
  const seconds = Number((pax as { mtime?: string } | null | undefined)?.mtime);
  return Number.isNaN(seconds) ? mtime : new Date(Math.max(seconds, 0) * 1000);
}
