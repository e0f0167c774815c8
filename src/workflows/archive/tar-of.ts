import { Readable } from "node:stream";
import { isAsyncIterable, reading } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { can, kindOf } from "../../members.js";
import { CallSite, release, takeOver } from "../../operation/index.js";
import { type Content, ContentCheck, type TarFile, type TarFiles } from "./content.js";
import type { Packing } from "./pack-content.js";

/**
 * Packs in-memory files as a tar: to build from, to load, or for a service that takes one. The same files give the same
 * bytes: without an `mtime`, a file is dated 1970.
 *
 * Folders that are only part of a path need no separate entry. A stream as content is read when its turn comes, and
 * closed whatever happens.
 *
 * @param files files, folders and links: a list, whose members are checked at once, or an async iterable
 * @returns the tar, as a Node stream that can be read once
 * @throws {ArgumentError} a path is absolute, empty, has "..", or occurs twice, or another member is invalid; for files
 * of an async iterable, and for content that does not have the stated size, the stream fails with this error
 * @example
 * const tar = tarOf([
 *   { path: "Dockerfile", content: "FROM alpine\nCOPY bin /bin\n" },
 *   { path: "bin/start", content: "#!/bin/sh\necho started\n", mode: 0o755 },
 *   { path: "bin/again", link: "start" },
 * ]);
 * await docker.imageBuild({ body: tar, t: "app" });
 */
export function tarOf(files: TarFiles): Readable {
  return new CallSite(tarOf).guard(() => tarFor("tarOf", files));
}

/** Like {@link tarOf}, with the name of the workflow for errors. */
export function tarFor(workflow: string, files: TarFiles): Readable {
  const contents = contentsOf(files, workflow);
  if (workflow === "build" && contents.isEmpty) {
    throw new ArgumentError("build: the list of files is empty; put at least a Dockerfile into it");
  }
  const tar = Readable.from(packed(contents, { workflow, mtime: 0 }), { objectMode: false });
  // Even if nobody has begun to read it.
  return tar.once("close", () => contents.close());
}

/** Files that have been checked, or will be as they arrive, with the streams of their contents. */
export class Contents implements AsyncIterable<Content> {
  readonly #files: readonly Content[] | AsyncIterable<TarFile>;
  readonly #check: ContentCheck;
  readonly #owned: unknown[] = [];

  /** @throws {ArgumentError} one of a list is invalid */
  constructor(files: TarFiles, workflow: string, allowsAbsolute: boolean) {
    this.#check = new ContentCheck(workflow, allowsAbsolute);
    if (isAsyncIterable(files)) {
      this.#files = files;
      this.#owned.push(files);
      return;
    }
    const list = reading(workflow, () => [...files]);
    // For all of them, even if one is refused.
    for (const file of list) this.#own(file);
    try {
      this.#files = list.map((file) => this.#check.add(file));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Whether it is known to be empty. */
  get isEmpty(): boolean {
    return !isAsyncIterable(this.#files) && this.#files.length === 0;
  }

  /** Those of a list. */
  get checked(): readonly Content[] {
    return isAsyncIterable(this.#files) ? [] : this.#files;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Content, void, undefined> {
    if (!isAsyncIterable(this.#files)) return yield* this.#files;
    for await (const file of this.#files) {
      this.#own(file);
      yield this.#check.add(file);
    }
  }

  /** Closes all streams, also those that were not read. */
  close(): void {
    for (const stream of this.#owned.splice(0)) release(stream);
  }

  #own(file: unknown): void {
    try {
      const { content } = file as TarFile;
      if (!isAsyncIterable(content)) return;
      takeOver(content);
      this.#owned.push(content);
    } catch {
      // Checking it fails the same way, and that error is reported.
    }
  }
}

/** Whether a value is a collection of files, rather than bytes or text. */
export const isFiles = (value: unknown): value is Iterable<TarFile> =>
  typeof value === "object" && !(value instanceof Uint8Array) && can(value, Symbol.iterator);

/** @throws {ArgumentError} the value is not a collection of files, or a file is invalid */
export function contentsOf(files: TarFiles, workflow: string, allowsAbsolute = false): Contents {
  const areFiles = reading(workflow, () => isFiles(files) || isAsyncIterable(files));
  if (areFiles) return new Contents(files, workflow, allowsAbsolute);
  const kind = kindOf(files);
  throw new ArgumentError(`${workflow}: the files must be a list such as [{ path, content }], not ${kind}`);
}

/** A tar of files. Its code is loaded when it is read. */
export async function* packed(contents: Contents, packing: Packing): AsyncGenerator<Buffer, void, undefined> {
  const { packContent } = await import("./pack-content.js");
  try {
    yield* packContent(contents, packing);
  } finally {
    contents.close();
  }
}
