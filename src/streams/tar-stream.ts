import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { checkOptions, type Rules, rule } from "../arguments.js";
import type { Decoder } from "./body-reader.js";
import { BodyStream } from "./body-stream.js";
import { TarCheck } from "./tar-check.js";

/** Options of {@link TarStream.toFile}. */
export interface ToFileOptions {
  /** Called after each piece handed to the file, with the bytes so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

const TO_FILE_RULES: Rules<ToFileOptions> = { onProgress: rule.function };

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
   * @throws {StreamError} the tar is incomplete, the Engine reported a late failure, or the file cannot be written
   * @throws {ArgumentError} the path's folder does not exist, or the path is not a regular file
   */
  async toFile(path: string, options?: ToFileOptions): Promise<number> {
    this.refuseSecondUse();
    try {
      const { onProgress } = checkOptions(options, TO_FILE_RULES, { where: "toFile" });
      const { writeWhole } = await import("./tar-file.js");
      return await writeWhole(this, path, onProgress);
    } catch (error) {
      this.cancel();
      throw error;
    }
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
