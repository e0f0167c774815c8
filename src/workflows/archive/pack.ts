import { createReadStream, type Stats } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { Pack, Header as WholeHeader } from "tar-stream";
import { ArgumentError } from "../../errors.js";

type Header = Partial<WholeHeader> & Pick<WholeHeader, "name">;

/** A file, folder or link of this machine, and its name in the archive. */
export interface PackItem {
  readonly path: string;
  readonly name: string;
}

/** Whose everything in an archive is to be. */
export type Owner = Required<Pick<WholeHeader, "uid" | "gid">>;

/** What is done with an item: it is taken, left out though something in it may be taken, or left out with all in it. */
export type Choice = "take" | "skip" | "prune";

/** A file, or a folder with all that is in it, under a name: of each folder the contents in the order of their names. */
export async function* tree(
  path: string,
  name: string,
  choose: (name: string) => Choice = () => "take",
): AsyncGenerator<PackItem, void, undefined> {
  const choice = choose(name);
  if (choice === "prune") return;
  if (choice === "take") yield { path, name };
  if (!(await lstat(path)).isDirectory()) return;
  for (const child of (await readdir(path)).sort()) {
    yield* tree(join(path, child), name === "" ? child : `${name}/${child}`, choose);
  }
}

/** Items as a tar archive, as it is read; their owners are kept unless one is named. @throws {ArgumentError} something of it cannot be read */
export async function* pack(
  items: AsyncIterable<PackItem>,
  workflow: string,
  owner: Partial<Owner> = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { pack: newPack } = await import("tar-stream");
  const archive = newPack();
  const writing = addAll(archive, items, owner).catch((cause: Error) => {
    archive.destroy(new ArgumentError(`${workflow}: reading the files failed: ${cause.message}`, { cause }));
  });
  try {
    yield* archive as AsyncIterable<Uint8Array>;
  } finally {
    archive.destroy();
    await writing;
  }
}

async function addAll(archive: Pack, items: AsyncIterable<PackItem>, owner: Partial<Owner>): Promise<void> {
  /** Files of several names, by where they are on the disk. */
  const seen = new Map<string, string>();
  for await (const { path, name } of items) {
    const stats = await lstat(path);
    const header = headerOf(stats, name, owner);
    if (stats.isDirectory()) {
      await add(archive, { ...header, type: "directory", name: `${name}/` });
    } else if (stats.isSymbolicLink()) {
      await add(archive, { ...header, type: "symlink", linkname: await readlink(path) });
    } else if (stats.isFile()) {
      const id = `${stats.dev}:${stats.ino}`;
      const linkname = stats.nlink > 1 ? seen.get(id) : undefined;
      if (stats.nlink > 1) seen.set(id, linkname ?? name);
      if (linkname === undefined) await add(archive, { ...header, type: "file", size: stats.size }, path);
      else await add(archive, { ...header, type: "link", linkname });
    } else if (!stats.isSocket()) {
      throw new Error(`${path} is a device or pipe, which cannot be copied`);
    }
  }
  archive.finalize();
}

const LARGEST_ID = 0o7777777;
/** What the library writes in tar's own field. */
const LATEST_TIME = 2 ** 31 - 1;

function headerOf(stats: Stats, name: string, owner: Partial<Owner>): Header {
  const { uid = stats.uid, gid = stats.gid } = owner;
  const time = Math.floor(stats.mtimeMs / 1000);
  const hasUsualTime = time >= 0 && time <= LATEST_TIME;
  // What tar's own fields cannot hold has to go into an extended header.
  const pax = {
    ...(uid > LARGEST_ID ? { uid: String(uid) } : {}),
    ...(gid > LARGEST_ID ? { gid: String(gid) } : {}),
    ...(hasUsualTime ? {} : { mtime: String(time) }),
  };
  const mtime = new Date(hasUsualTime ? time * 1000 : 0);
  return {
    name,
    mode: stats.mode & 0o7777,
    uid,
    gid,
    mtime,
    ...(Object.keys(pax).length > 0 ? { pax } : {}),
  };
}

/** Adds an entry, with a file's content as far as its size says. */
function add(archive: Pack, header: Header, path?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const entry = archive.entry(header, (error) => (error ? reject(error) : resolve()));
    if (path === undefined) return;
    if (!header.size) {
      entry.end(null);
      return;
    }
    const file = createReadStream(path, { end: header.size - 1 });
    file.on("error", (error) => entry.destroy(error));
    entry.on("close", () => file.destroy());
    file.pipe(entry);
  });
}
