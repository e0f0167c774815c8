import { checkOptions, type Rules } from "../../arguments.js";
import { ArgumentError, StreamError } from "../../errors.js";
import { type ArchiveStream, pathType } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { checkContainerPath, followed } from "./container-path.js";
import { whileEmpty } from "./empty-archive.js";
import { readTar, type TarEntry } from "./read-tar.js";

/** Options of `docker.readFile`. */
export interface ReadFileOptions extends Limits {
  /** Decodes the content as text, such as "utf8"; without it, the content is bytes. */
  readonly encoding?: BufferEncoding | undefined;
  /** Maximum bytes of the file, since a container's file may have any size. 256 MiB by default; Infinity for no limit. */
  readonly maxSize?: number | undefined;
}

/** Options of a file that is read as text. */
export interface Decoded {
  /** The encoding of the file, such as "utf8". */
  readonly encoding: BufferEncoding;
}

/** Options of a file that is read as bytes. */
export interface Undecoded {
  /** Omitted: the content comes as bytes. */
  readonly encoding?: undefined;
}

const RULES: Rules<ReadFileOptions> = {
  ...LIMIT_RULES,
  encoding: {
    must: 'an encoding such as "utf8"',
    check: (value) => typeof value === "string" && Buffer.isEncoding(value),
  },
  maxSize: {
    must: "a positive number of bytes",
    check: (value) => typeof value === "number" && value > 0,
  },
};
const LARGEST = 256 * 2 ** 20;
/** As on Linux. */
const LINKS_AT_MOST = 40;

/** Reads a file in a container. */
export async function contentOfFile(
  docker: EngineClient,
  container: string,
  path: string,
  settings: ReadFileOptions | BufferEncoding | undefined,
): Promise<Buffer | string> {
  const options = typeof settings === "string" ? { encoding: settings } : settings;
  const { encoding, maxSize = LARGEST, ...limits } = checkOptions(options, RULES, { where: "readFile" });
  checkContainerPath(path, "readFile");
  const bytes = await withLimits("readFile", limits, (signal) =>
    whileEmpty(async () => {
      const archive = await openFile(docker, container, path, "readFile", signal);
      return readOnly(archive, path, maxSize);
    }, signal),
  );
  return encoding === undefined ? bytes : decoded(bytes, encoding, path);
}

/** The archive of a file, with links followed. @throws {ArgumentError} it is a folder, a device or the like */
async function openFile(
  docker: EngineClient,
  container: string,
  path: string,
  workflow: string,
  signal: AbortSignal,
): Promise<ArchiveStream> {
  let at = path;
  for (let links = 0; links <= LINKS_AT_MOST; links += 1) {
    const archive = await docker.containerArchive(container, { path: at }, { signal });
    try {
      const { stat } = archive;
      const type = pathType(stat);
      if (type === "file") return archive;
      if (type !== "symlink") throw notFile(workflow, container, path, type === "directory");
      at = followed(at, stat);
    } catch (error) {
      archive.cancel();
      throw error;
    }
    archive.cancel();
  }
  throw new ArgumentError(`${workflow}: ${path} in the container ${container} is a circular link`);
}

/** The error for anything without content. */
export function notFile(
  workflow: string,
  container: string,
  path: string,
  isDirectory: boolean,
): ArgumentError {
  const what = isDirectory ? "a folder (EISDIR)" : "a device, pipe or socket";
  const advice = isDirectory
    ? `name a file in it, or use ${workflow === "readFile" ? "copyOut" : "copyIn"}`
    : "name a file";
  return new ArgumentError(`${workflow}: ${path} in the container ${container} is ${what}; ${advice}`);
}

/** The content of the only file in an archive. */
async function readOnly(archive: ArchiveStream, path: string, maxSize: number): Promise<Buffer> {
  let content: Buffer | undefined;
  for await (const entry of sound(archive)) {
    if (content !== undefined || entry.type !== "file") {
      throw new StreamError(`readFile: the archive of ${path} has more than a file in it`);
    }
    if (entry.size > maxSize) {
      throw new StreamError(
        `readFile: ${path} has ${entry.size} bytes, more than maxSize, which is ${maxSize}; raise it, or use copyOut, ` +
          "which takes little memory at any size",
      );
    }
    content = await whole(entry);
  }
  if (content === undefined) throw new StreamError(`readFile: the archive of ${path} is empty`);
  return content;
}

/** The entries of an archive, with errors of this package. */
async function* sound(archive: ArchiveStream): AsyncGenerator<TarEntry, void, undefined> {
  try {
    yield* readTar(archive);
  } catch (error) {
    if (!(error instanceof Error) || "code" in error) throw error;
    throw new StreamError(`readFile: cannot read the archive: ${error.message}`, { cause: error });
  } finally {
    archive.cancel();
  }
}

/** In one buffer, since its size is known. */
async function whole({ content, size }: TarEntry): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for await (const piece of content) at += piece.copy(bytes, at);
  return bytes;
}

function decoded(bytes: Buffer, encoding: BufferEncoding, path: string): string {
  try {
    return bytes.toString(encoding);
  } catch (cause) {
    throw new StreamError(`readFile: ${path} is too long for text; read it as bytes`, { cause });
  }
}

/** Who owns a file, and its permissions; the archive is not read any further. */
export async function ownerOf(
  docker: EngineClient,
  container: string,
  path: string,
  signal: AbortSignal,
): Promise<Pick<TarEntry, "gid" | "mode" | "uid">> {
  return whileEmpty(async () => {
    const archive = await openFile(docker, container, path, "writeFile", signal);
    for await (const { gid, mode, uid } of sound(archive)) return { gid, mode, uid };
    throw new StreamError(`writeFile: the archive of ${path} is empty`);
  }, signal);
}
