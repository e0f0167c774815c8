import { asError } from "../../arguments.js";
import { ArgumentError, isDockerError } from "../../errors.js";
import { sourceOf } from "../../streams/index.js";
import { bytePath } from "./byte-path.js";
import type { Content } from "./content.js";
import { TarBuffer } from "./tar-buffer.js";
import { endOfTar, paddingOf, writeHeader } from "./tar-header.js";

/** Options for packing files. */
export interface Packing {
  /** Named in errors. */
  readonly workflow: string;
  /** Time of files without one, in seconds since 1970. */
  readonly mtime: number;
  /** Folder in the tar that they go into; its root if empty. */
  readonly below?: string;
}

/**
 * Packs in-memory files as a tar while it is read. The same files give the same bytes.
 *
 * @throws {ArgumentError} a stream fails, or does not have the stated size
 */
export async function* packContent(
  files: Iterable<Content> | AsyncIterable<Content>,
  packing: Packing,
): AsyncGenerator<Buffer, void, undefined> {
  const tar = new TarBuffer();
  for await (const file of files) {
    tar.add(headerOf(file, packing));
    if (file.content instanceof Uint8Array && file.size < BIG) {
      tar.space(file.size).set(file.content);
    } else {
      yield tar.take();
      yield* file.content instanceof Uint8Array ? [bytesOf(file.content)] : streamed(file, packing);
    }
    tar.space(paddingOf(file.size)).fill(0);
    if (tar.isFull) yield tar.take();
  }
  tar.add(endOfTar());
  yield tar.take();
}

/** Larger contents are handed over as they are, without a copy. */
const BIG = 64 * 1024;

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

function headerOf({ gid, kind, link, mode, mtime, path, size, uid }: Content, packing: Packing): Buffer {
  const name = packing.below ? `${packing.below}/${path}` : path;
  return writeHeader({
    ...{ type: kind, size, mode, uid, gid, devmajor: 0, devminor: 0 },
    name: bytePath(kind === "directory" ? `${name}/` : name),
    linkname: bytePath(link),
    mtime: mtime ?? packing.mtime,
  });
}

async function* streamed(
  { content, shown, size }: Content,
  { workflow }: Packing,
): AsyncGenerator<Buffer, void, undefined> {
  const fail = (problem: string, cause?: unknown): never => {
    throw new ArgumentError(`${workflow}: the content of ${JSON.stringify(shown)} ${problem}`, { cause });
  };
  let length = 0;
  try {
    for await (const piece of sourceOf(content as AsyncIterable<Uint8Array>)) {
      const bytes = Buffer.from(piece);
      length += bytes.length;
      if (length > size) fail(`is longer than its size of ${size} bytes`);
      yield bytes;
    }
  } catch (error) {
    if (isDockerError(error)) throw error;
    fail(`cannot be read: ${asError(error).message}`, error);
  }
  if (length < size) fail(`has ${length} bytes, not its size of ${size}`);
}
