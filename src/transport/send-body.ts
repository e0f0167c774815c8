import type { ClientRequest } from "node:http";
import { Readable } from "node:stream";
import { ReadableStream } from "node:stream/web";
import { ArgumentError, isDockerError } from "../errors.js";
import type { Lifetime } from "./lifetime.js";
import type { EngineRequest, RequestBody } from "./request.js";

/**
 * Sends the body of a request. A stream is ours from here on: it is destroyed when nothing of the call is left, whether
 * the Engine has read it or not, and its failure ends the call.
 */
export function sendBody(outgoing: ClientRequest, request: EngineRequest, lifetime: Lifetime): void {
  const { body, operation } = request;
  if (body === undefined || body instanceof Uint8Array) {
    outgoing.end(body);
    return;
  }
  const fail = (error: unknown): void => lifetime.end(unreadable(operation, error));
  try {
    const source = sourceOf(body);
    source.on("error", fail);
    source.once("close", () => source.readableEnded || fail(new Error("it was closed before its end")));
    lifetime.onOver(() => source.destroy());
    source.pipe(outgoing);
  } catch (error) {
    fail(error);
  }
}

/**
 * A web stream as a Node stream, which can be destroyed at any time: its own iterator would first wait for the next
 * piece, which may never come. Anything else stays what it is.
 *
 * @throws {Error} it is locked
 */
export function releasable<T>(body: T): T | Readable {
  return body instanceof ReadableStream ? Readable.fromWeb(body) : body;
}

/** The body as a Node stream. @throws {Error} it cannot be read, such as a locked web stream */
export function sourceOf(body: Exclude<RequestBody, Uint8Array>): Readable {
  const source = releasable(body);
  if (!(source instanceof Readable)) return Readable.from(source, { objectMode: false });
  if (source.errored) throw source.errored;
  if (source.readableEnded) throw new Error("it was read before");
  if (source.destroyed) throw new Error("it was closed before");
  // Through an iterator, all that has arrived meanwhile would be copied into one piece.
  return source.readableObjectMode ? Readable.from(source, { objectMode: false }) : source;
}

/** What to say of a body that failed; an error of this package stays as it is. */
export function unreadable(operation: string, error: unknown): Error {
  if (isDockerError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new ArgumentError(`${operation}: reading the body failed: ${reason}`, { cause: error });
}
