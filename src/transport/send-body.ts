import type { ClientRequest } from "node:http";
import { Readable } from "node:stream";
import type { WebStream } from "#generated/schema.js";
import { asError } from "../arguments.js";
import { ArgumentError, isDockerError } from "../errors.js";
import type { Lifetime } from "./lifetime.js";
import type { EngineRequest, RequestBody } from "./request.js";

/**
 * Sends the body of a request. It owns a stream from now on: its failure ends the call, and it is destroyed when the
 * call is over, whether or not the Engine has read it.
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
    if (request.onSent) source.on("data", request.onSent);
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
export function releasable<T>(body: T): Exclude<T, WebStream> | Readable {
  return body instanceof ReadableStream ? Readable.fromWeb(body) : (body as Exclude<T, WebStream>);
}

/** The body as a Node stream. @throws {Error} it cannot be read, such as a locked web stream */
export function sourceOf(body: Exclude<RequestBody, Uint8Array>): Readable {
  const source = releasable(body);
  if (!(source instanceof Readable)) return Readable.from(source, { objectMode: false });
  if (source.errored) throw source.errored;
  if (source.readableEnded) throw new Error("it was read before");
  if (source.destroyed) throw new Error("it was closed before");
  // An iterator would copy everything that has arrived meanwhile into one piece.
  return source.readableObjectMode ? Readable.from(source, { objectMode: false }) : source;
}

/** The error for a body that failed; keeps errors of this package. */
export function unreadable(operation: string, error: unknown): Error {
  if (isDockerError(error)) return error;
  const reason = asError(error).message;
  return new ArgumentError(`${operation}: reading the body failed: ${reason}`, { cause: error });
}
