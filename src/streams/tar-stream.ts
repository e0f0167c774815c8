import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { checkOptions, type Rules, rule } from "../arguments.js";
import type { Decoder } from "./body-reader.js";
import { BodyStream } from "./body-stream.js";
import { TarCheck } from "./tar-check.js";
import { writeWhole } from "./tar-file.js";

/** Options of {@link TarStream.toFile}. */
export interface ToFileOptions {
  /** Called after each piece that was handed to the file, with the bytes so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

const TO_FILE_RULES: Rules<ToFileOptions> = { onProgress: rule.function };

/**
 * A tar archive as it arrives: an async iterable of Buffers, to be consumed once, in one of the ways below. It holds
 * no more than a few pieces in memory, and a slow reader slows the Engine. However it is read, an archive that is cut
 * off, damaged, empty or not a tar, and an error that the Engine appends after it began, are a StreamError at its end.
 *
 * @example
 * const tar = await docker.imageGet("alpine:3.20");
 * await tar.toFile("alpine.tar");
 */
export class TarStream extends BodyStream<Buffer> {
  protected decoder(): Decoder<Buffer> {
    return new TarCheck(this.operation);
  }

  /**
   * Writes the tar to a file, which appears only when it is whole; a failure leaves nothing behind, and an older
   * file of that name as it was.
   *
   * @returns the number of bytes written
   * @throws {StreamError} the tar broke off, the Engine reported a late failure, or the file cannot be written
   * @throws {ArgumentError} the path's folder does not exist, or the path is no regular file
   */
  async toFile(path: string, options?: ToFileOptions): Promise<number> {
    this.refuseSecondUse();
    try {
      const { onProgress } = checkOptions(options, TO_FILE_RULES, { where: "toFile" });
      return await writeWhole(this, path, onProgress);
    } catch (error) {
      this.cancel();
      throw error;
    }
  }

  /** The whole tar in memory. For archives that are known to be small. */
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
