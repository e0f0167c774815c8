import { reading } from "../../arguments.js";
import { release, takeOver } from "../../operation/index.js";
import { releasable } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { UNLIMITED } from "../limits.js";
import { halfCopy } from "./half-copy.js";
import type { Bytes } from "./request-source.js";

/** Where a tar is unpacked. */
export interface PutTarget {
  /** Named in errors. */
  readonly workflow: string;
  readonly container: string;
  /** An existing folder. */
  readonly folder: string;
  /** Whether the container's user gets everything. */
  readonly archive: boolean | undefined;
}

/** Unpacks a tar in a container. A file never replaces a folder, nor a folder a file. */
export async function putArchive(
  docker: EngineClient,
  { archive, container, folder, workflow }: PutTarget,
  body: Bytes,
  signal: AbortSignal,
): Promise<void> {
  const sent = new Sent(body, workflow);
  const query = { path: folder, noOverwriteDirNonDir: true, copyUIDGID: archive };
  try {
    await docker.putContainerArchive(container, sent.body, query, { signal, timeout: UNLIMITED });
  } catch (error) {
    throw sent.hasBegun
      ? halfCopy(error, `Part of the copy may be below ${folder} in the container ${container}.`)
      : error;
  } finally {
    sent.close();
  }
}

/** A body that notes whether reading has begun. */
class Sent {
  readonly body: Bytes;
  readonly #source: Bytes;
  hasBegun = false;

  constructor(body: Bytes, workflow: string) {
    this.#source = reading(workflow, () => releasable(body));
    takeOver(this.#source);
    this.body = this.#source instanceof Uint8Array ? this.#source : this.#noting(this.#source);
  }

  close(): void {
    release(this.#source);
  }

  async *#noting(body: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of body) {
      this.hasBegun = true;
      // Including text, which is written as UTF-8.
      yield chunk as Uint8Array;
    }
  }
}
