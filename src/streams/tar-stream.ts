import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { RequestedPlatform as Platform } from "#generated/schema.js";
import { checkOptions, type Rules, reading, rule } from "../arguments.js";
import { ArgumentError } from "../errors.js";
import { readPlatform } from "../platform.js";
import type { Decoder } from "./body-reader.js";
import { BodyStream } from "./body-stream.js";
import { TarCheck } from "./tar-check.js";

/** Options of {@link TarStream.toFile}. */
export interface ToFileOptions {
  /** Called after each piece handed to the file, with the bytes so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /**
   * Whether the tar must hold all of the images that it lists, for all platforms or for the given ones ("os/arch[/variant]" or
   * OCI platforms): each manifest, config and layer, with its size and SHA-256. The Engine exports what it has, and leaves out
   * the rest without an error. For tars of images; false by default.
   */
  readonly complete?: boolean | Platform | string | readonly (Platform | string)[] | undefined;
}

const TO_FILE_RULES: Rules<ToFileOptions> = {
  onProgress: rule.function,
  complete: rule.checkedLater,
};

/** The platforms a tar must hold; empty for all that it lists, undefined for no check. */
function platformsIn(complete: ToFileOptions["complete"], where: string): readonly Platform[] | undefined {
  if (complete === undefined || complete === false) return undefined;
  if (complete === true) return [];
  const option = `${where}: the option complete`;
  const platforms = reading(where, () =>
    (Array.isArray(complete) ? (complete as readonly (Platform | string)[]) : [complete]).map((one) =>
      readPlatform(one as Platform | string, option),
    ),
  );
  if (platforms.length > 0) return platforms;
  throw new ArgumentError(`${option} is an empty list: name a platform, or true for all of them`);
}

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
  toFile(path: string, options?: ToFileOptions): Promise<number> {
    return this.writeTo(path, options, "toFile");
  }

  /** @internal Like {@link toFile}, with the name of the workflow for errors. */
  async writeTo(path: string, options: ToFileOptions | undefined, where: string): Promise<number> {
    this.refuseSecondUse();
    try {
      const { complete, onProgress } = checkOptions(options, TO_FILE_RULES, { where });
      const platforms = platformsIn(complete, where);
      const { writeWhole } = await import("./tar-file.js");
      return await writeWhole(await this.#chunks(platforms), path, onProgress, where);
    } catch (error) {
      this.cancel();
      throw error;
    }
  }

  async #chunks(platforms: readonly Platform[] | undefined): Promise<AsyncIterable<Buffer>> {
    if (platforms === undefined) return this;
    const { imageCheck } = await import("./image-check.js");
    const check = imageCheck(this.operation, platforms);
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
