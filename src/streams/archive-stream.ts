import type { Readable } from "node:stream";
import { type PathStat, readPathStat } from "./path-stat.js";
import { TarStream } from "./tar-stream.js";

/**
 * A path of a container as a tar archive, with the Engine's description of that path.
 *
 * @example
 * const archive = await docker.containerArchive("web", { path: "/etc/nginx" });
 * console.log(archive.stat.mtime);
 * await archive.toFile("nginx.tar");
 */
export class ArchiveStream extends TarStream {
  readonly #header: string | null;

  /** Created by containerArchive; `header` is the answer's X-Docker-Container-Path-Stat. */
  constructor(body: Readable, operation: string, header: string | null) {
    super(body, operation);
    this.#header = header;
  }

  /**
   * Describes the path; available before the archive is read.
   *
   * @throws {StreamError} the Engine did not describe it
   */
  get stat(): PathStat {
    return readPathStat(this.#header, this.operation);
  }
}
