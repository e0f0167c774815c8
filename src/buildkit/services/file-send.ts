import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BytesMessage } from "../../../generated/buildkit/session.js";
import { StreamError } from "../../errors.js";
import { unwritable, writeWhole } from "../../streams/index.js";
import { type Methods, streaming } from "../grpc/method.js";
import { Code, GrpcError } from "../grpc/status.js";
import type { BuildKitDestination } from "../settings.js";

/** Takes the result of a build, once. */
export class FileSend {
  readonly methods: Methods;
  #taking: Promise<void> | undefined;

  constructor(to: BuildKitDestination) {
    this.methods = {
      "/moby.filesync.v1.FileSend/DiffCopy": streaming(BytesMessage, BytesMessage, (messages) => {
        if (this.#taking) throw new GrpcError(Code.FAILED_PRECONDITION, "the result was sent already");
        this.#taking = take(dataOf(messages), to);
        return this.#taking;
      }),
    };
  }

  /** Resolves when the result is in place. @throws {StreamError} the Engine sent none, or not all of it */
  async taken(): Promise<void> {
    if (!this.#taking) throw new StreamError("build: the build ended, but the Engine sent no result");
    await this.#taking.catch((error: Error) => {
      if (!(error instanceof GrpcError)) throw error;
      throw new StreamError("build: the Engine did not send all of the result", { cause: error });
    });
  }
}

async function take(pieces: AsyncIterable<Buffer>, to: BuildKitDestination): Promise<void> {
  if ("file" in to) await writeWhole(pieces, to.file, undefined, "build");
  else if ("stream" in to) await writeAll(pieces, to.stream);
  else await to.unpack(pieces);
}

/** @throws {StreamError} the stream fails or is closed */
async function writeAll(pieces: AsyncIterable<Buffer>, stream: Writable): Promise<void> {
  let broken: { readonly error: unknown } | undefined;
  async function* noted(): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield* pieces;
    } catch (error) {
      broken = { error };
      throw error;
    }
  }
  await pipeline(noted, stream).catch((error: Error) => {
    throw broken ? broken.error : unwritable(error, "build");
  });
}

async function* dataOf(
  messages: AsyncIterable<{ readonly data: Uint8Array }>,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const { data } of messages) yield Buffer.from(data.buffer, data.byteOffset, data.length);
}
