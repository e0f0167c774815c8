import { posix } from "node:path";
import { Readable } from "node:stream";
import type { PathStat } from "../../streams/index.js";
import {
  bytePath,
  endOfTar,
  paddingOf,
  readTar,
  type TarHeader,
  writeHeader,
} from "../../workflows/index.js";
import { Refusal } from "./refusal.js";

/** A file, folder or link in a container. */
interface Entry {
  readonly type: "file" | "directory" | "symlink";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly content: Buffer;
  /** Target of a link. */
  readonly target: string;
}

/** Folders that every container has. */
const FOLDERS = [
  "/",
  "/bin",
  "/dev",
  "/etc",
  "/home",
  "/opt",
  "/proc",
  "/root",
  "/srv",
  "/sys",
  "/tmp",
  "/usr",
  "/var",
];
/** Bits of Go's FileMode. */
const TYPE_BITS = { file: 0, directory: 2 ** 31, symlink: 2 ** 27 } as const;
const MOST_LINKS = 40;

/** The files of a container. */
export class Files {
  readonly #entries = new Map<string, Entry>();

  constructor(workingDir: string) {
    for (const folder of FOLDERS) this.#entries.set(folder, folderNow());
    this.#makeFolders(posix.resolve("/", workingDir));
  }

  /** The content of a file; undefined if there is none. */
  read(path: string): Buffer | undefined {
    const entry = this.#entries.get(this.#real(path));
    return entry?.type === "file" ? entry.content : undefined;
  }

  /** Writes a file, and creates its folders. */
  write(path: string, content: string | Uint8Array): void {
    const real = this.#real(path);
    this.#makeFolders(posix.dirname(real));
    this.#entries.set(real, {
      ...folderNow(),
      type: "file",
      mode: 0o644,
      content: Buffer.from(content as string),
    });
  }

  /** Describes a path; a link as such. @throws {Refusal} it does not exist */
  stat(path: string): PathStat {
    const { entry, real } = this.#at(path);
    const { content, mode, mtime, target, type } = entry;
    return {
      name: posix.basename(real) || "/",
      size: type === "file" ? content.length : 4096,
      mode: TYPE_BITS[type] + mode,
      mtime: new Date(mtime * 1000).toISOString(),
      linkTarget: target,
    };
  }

  /** A path as a tar, with everything below it. @throws {Refusal} it does not exist */
  pack(path: string): Buffer {
    const { real } = this.#at(path);
    const isContents = /(^|\/)\.$/.test(path);
    const base = isContents ? "." : posix.basename(real) || "/";
    const inside = real === "/" ? "/" : `${real}/`;
    const pieces = [...this.#entries]
      .filter(([one]) => one === real || one.startsWith(inside))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([one, entry]) => {
        const below = one === real ? "" : `/${one.slice(inside.length)}`;
        return piecesOf(`${base}${below}`.replace(/^\/\//, "/"), entry);
      });
    return Buffer.concat([...pieces, endOfTar()]);
  }

  /** Unpacks a tar into a folder. @throws {Refusal} no such folder, or an entry would replace one of another kind */
  async unpack(path: string, tar: Buffer, { keepsKinds }: { readonly keepsKinds: boolean }): Promise<void> {
    const folder = this.#real(path);
    const entry = this.#entries.get(folder);
    if (!entry) throw new Refusal(404, `Could not find the file ${path} in container`);
    if (entry.type !== "directory") throw new Refusal(400, "extraction point is not a directory");
    for await (const { content, gid, linkname, mode, mtime, name, type, uid } of readTar(
      Readable.from([tar]),
    )) {
      const chunks: Buffer[] = [];
      for await (const chunk of content) chunks.push(chunk);
      const kind = type === "directory" || type === "symlink" ? type : "file";
      // No entry leaves the folder.
      const place = posix.join(folder, posix.join("/", textOf(name)));
      const known = this.#entries.get(place);
      if (keepsKinds && known && (known.type === "directory") !== (kind === "directory")) {
        const which = kind === "directory" ? "non-directory with directory" : "directory with non-directory";
        throw new Refusal(400, `cannot overwrite ${which} ${JSON.stringify(place)}`);
      }
      this.#makeFolders(posix.dirname(place));
      const linked = type === "link" ? this.read(posix.join("/", textOf(linkname))) : undefined;
      this.#entries.set(place.replace(/(?<=.)\/$/, ""), {
        ...{ type: kind, mode, uid, gid, mtime: Number(mtime) },
        content: linked ?? Buffer.concat(chunks),
        target: kind === "symlink" ? textOf(linkname) : "",
      });
    }
  }

  /** A path, with links among its folders followed. */
  #real(path: string, followsLast = true, depth = 0): string {
    const clean = posix.resolve("/", path);
    if (clean === "/" || depth > MOST_LINKS) return clean;
    const place = posix.join(this.#real(posix.dirname(clean), true, depth + 1), posix.basename(clean));
    const entry = this.#entries.get(place);
    if (entry?.type !== "symlink" || !followsLast) return place;
    return this.#real(posix.resolve(posix.dirname(place), entry.target), true, depth + 1);
  }

  #at(path: string): { readonly entry: Entry; readonly real: string } {
    const real = this.#real(path, /\/\.?$/.test(path));
    const entry = this.#entries.get(real);
    if (!entry) throw new Refusal(404, `Could not find the file ${path} in container`);
    return { entry, real };
  }

  #makeFolders(path: string): void {
    if (this.#entries.has(path)) return;
    this.#makeFolders(posix.dirname(path));
    this.#entries.set(path, folderNow());
  }
}

const folderNow = (): Entry => ({
  ...{ type: "directory", mode: 0o755, uid: 0, gid: 0, target: "", content: Buffer.alloc(0) },
  mtime: Math.floor(Date.now() / 1000),
});

/** The text of a name with one character per byte. */
const textOf = (name: string): string => Buffer.from(name, "latin1").toString();

function piecesOf(name: string, { content, gid, mode, mtime, target, type, uid }: Entry): Buffer[] {
  const size = type === "file" ? content.length : 0;
  const header: TarHeader = {
    ...{ type, mode, uid, gid, size, mtime, devmajor: 0, devminor: 0 },
    name: bytePath(type === "directory" ? `${name.replace(/\/$/, "")}/` : name),
    linkname: bytePath(target),
  };
  return [writeHeader(header), ...(size > 0 ? [content, Buffer.alloc(paddingOf(size))] : [])];
}
