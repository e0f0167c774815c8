import { Readable } from "node:stream";
import type { WebStream } from "#generated/schema.js";

/**
 * A web stream as a Node stream, which can be destroyed at any time: its own iterator would first wait for the next
 * piece, which may never come. Anything else is returned unchanged.
 *
 * @throws {Error} it is locked
 */
export function releasable<T>(body: T): Exclude<T, WebStream> | Readable {
  return body instanceof ReadableStream ? Readable.fromWeb(body) : (body as Exclude<T, WebStream>);
}

/** Bytes to read as a Node stream. @throws {Error} they cannot be read, such as those of a locked web stream */
export function sourceOf(body: AsyncIterable<Uint8Array>): Readable {
  const source = releasable(body);
  if (!(source instanceof Readable)) return Readable.from(source, { objectMode: false });
  if (source.errored) throw source.errored;
  if (source.readableEnded) throw new Error("it was read before");
  if (source.destroyed) throw new Error("it was closed before");
  // An iterator would copy everything that has arrived meanwhile into one piece.
  return source.readableObjectMode ? Readable.from(source, { objectMode: false }) : source;
}
