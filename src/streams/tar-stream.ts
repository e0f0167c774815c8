import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { RequestedPlatform as Platform } from "#generated/schema.js";
import { checkOptions, type Rules, rule } from "../arguments.js";
import type { Decoder } from "./body-reader.js";
import { BodyStream } from "./body-stream.js";
import { TarCheck } from "./tar-check.js";

/** Options of {@link TarStream.toFile}. */
export interface ToFileOptions {
  /** Called after each piece handed to the file, with the bytes so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /**
   * Whether the tar must hold all of the images that it lists, for all platforms or for the given ones: each manifest, config
   * and layer, with its size and SHA-256. The Engine exports what it has, and leaves out the rest without an error. For tars
   * of images; false by default.
   */
  readonly complete?: boolean | readonly Platform[] | undefined;
}

const TO_FILE_RULES: Rules<ToFileOptions> = {
  onProgress: rule.function,
  complete: {
    must: "true, false, or an array of platforms",
    check: (value) => typeof value === "boolean" || (Array.isArray(value) && value.every(isPlatform)),
  },
};

const isPlatform = (value: unknown): boolean =>
  typeof (value as Platform)?.os === "string" && typeof (value as Platform).architecture === "string";

/**
 * A tar archive as it arrives: an async iterable of Buffers that can be consumed once, in one of the ways below. Only a
 * few pieces are held in memory, and a slow reader slows the Engine. However it is read, it throws a StreamError at the
 * end if the archive is cut off, damaged, empty or not a tar, or if the Engine appended an error.
 *
 * @example
 * const tar = await docker.imageGet("alpine:3.20");
 * await tar.toFile("alpine.tar");
 */
export class TarStream extends BodyStream<Buffer> {
  /** @internal */
  protected decoder(): Decoder<Buffer> {
    return new TarCheck(this.operation);
  }

  /**
   * Writes the tar to a file, which appears only when complete. A failure leaves nothing behind, and an existing file
   * untouched.
   *
   * @returns the number of bytes written
   * @throws {StreamError} the tar is cut off, the Engine reported a late failure, or the file cannot be written; with
   * `complete`, also if the tar lacks a part of an image, whose platform and digest the message names
   * @throws {ArgumentError} the path's folder does not exist, or the path is not a regular file
   */
  async toFile(path: string, options?: ToFileOptions): Promise<number> {
    this.refuseSecondUse();
    try {
      const { complete = false, onProgress } = checkOptions(options, TO_FILE_RULES, { where: "toFile" });
      const { writeWhole } = await import("./tar-file.js");
      return await writeWhole(await this.#chunks(complete), path, onProgress);
    } catch (error) {
      this.cancel();
      throw error;
    }
  }

  async #chunks(complete: boolean | readonly Platform[]): Promise<AsyncIterable<Buffer>> {
    if (complete === false) return this;
    const { imageCheck } = await import("./image-check.js");
    const check = imageCheck(this.operation, complete === true ? [] : complete);
    return this.read(new TarCheck(this.operation, check));
  }

  /** The whole tar in memory. For archives known to be small. */
  async bytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** The tar as a Node stream; destroying it closes the connection. */
  toNode(): Readable {
    return Readable.from(this, { objectMode: false });
  }

  /** The tar as a web stream; cancelling it closes the connection. */
  toWeb(): ReadableStream<Uint8Array> {
    return Readable.toWeb(this.toNode()) as ReadableStream<Uint8Array>;
  }
}
