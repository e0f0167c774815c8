import { Readable } from "node:stream";
import type { Operation } from "../../../generated/operations.js";
import { ArgumentError } from "../../errors.js";
import type { RequestBody } from "../../transport/index.js";
import { stringify } from "./parameters.js";

/** Writes a request body: JSON as bytes, so that its length is known; bytes and streams as they are. */
export function writeBody(operation: Operation, body: unknown): RequestBody | undefined {
  if (body === undefined || body === null) return undefined;
  const where = `${operation.id}: the body`;
  if (operation.body === "application/json") return Buffer.from(stringify(body, where));
  if (body instanceof Uint8Array) return body;
  if (isAsyncIterable(body)) {
    // A file that cannot be opened says so before anyone reads it; unheard, that would end the process. The stream
    // keeps the error for whoever reads it.
    if (body instanceof Readable) body.on("error", () => undefined);
    return body;
  }
  throw new ArgumentError(
    `${where} must be a Uint8Array, a stream or an async iterable of them (${operation.body})`,
  );
}

function isAsyncIterable(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof (value as Partial<AsyncIterable<Uint8Array>>)[Symbol.asyncIterator] === "function";
}
