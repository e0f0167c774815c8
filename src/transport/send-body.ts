import type { ClientRequest } from "node:http";
import { asError } from "../arguments.js";
import { ArgumentError, isDockerError } from "../errors.js";
import { sourceOf } from "../streams/index.js";
import type { Lifetime } from "./lifetime.js";
import type { EngineRequest } from "./request.js";

/**
 * Sends the body of a request. It owns a stream from now on: its failure ends the call, and it is destroyed when the
 * call is over, whether or not the Engine has read it.
 */
export function sendBody(outgoing: ClientRequest, request: EngineRequest, lifetime: Lifetime): void {
  const { body, operation } = request;
  if (body === undefined) {
    outgoing.end();
    return;
  }
  // node:http states no length for a GET or DELETE, and the Engine would take such a body for the next request.
  if (body instanceof Uint8Array) {
    outgoing.setHeader("Content-Length", body.byteLength);
    outgoing.end(body);
    return;
  }
  outgoing.setHeader("Transfer-Encoding", "chunked");
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

/** The error for a body that failed; keeps errors of this package. */
export function unreadable(operation: string, error: unknown): Error {
  if (isDockerError(error)) return error;
  const reason = asError(error).message;
  return new ArgumentError(`${operation}: reading the body failed: ${reason}`, { cause: error });
}
