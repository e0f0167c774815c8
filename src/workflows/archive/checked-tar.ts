import { ArgumentError } from "../../errors.js";
import type { Bytes } from "./request-source.js";
import { BLOCK } from "./tar-header.js";

const ZSTD = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);

/**
 * A caller's tar for BuildKit, which would take anything it cannot read for a Dockerfile. A stream is not read until the
 * result is.
 *
 * @throws {ArgumentError} it is empty, or compressed with zstd; for a stream, reading the result throws it
 */
export function checkedTar(tar: Bytes): Uint8Array | AsyncGenerator<Uint8Array, void, undefined> {
  if (!(tar instanceof Uint8Array)) return checkedStream(tar as AsyncIterable<Uint8Array | string>);
  checkStart(Buffer.from(tar.buffer, tar.byteOffset, Math.min(tar.length, BLOCK)));
  return tar;
}

async function* checkedStream(
  stream: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of stream) {
    const bytes = Buffer.from(piece as Uint8Array);
    if (start === undefined) {
      yield bytes;
      continue;
    }
    start = Buffer.concat([start, bytes]);
    if (start.length < BLOCK) continue;
    checkStart(start);
    yield start;
    start = undefined;
  }
  if (start === undefined) return;
  checkStart(start);
  yield start;
}

function checkStart(start: Buffer): void {
  if (start.subarray(0, ZSTD.length).equals(ZSTD)) {
    throw new ArgumentError(
      "build: BuildKit cannot read a tar compressed with zstd; pass it uncompressed, or compressed with gzip, bzip2 or xz",
    );
  }
  if (start.subarray(0, BLOCK).every((byte) => byte === 0)) {
    throw new ArgumentError("build: the tar is empty; put at least a Dockerfile into it");
  }
}
