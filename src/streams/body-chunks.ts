import type { Readable } from "node:stream";
import { isDockerError, StreamError } from "../errors.js";

/**
 * The bytes of an answer as they arrive. Ending the iteration early closes the connection; a connection that
 * breaks is a StreamError that says after how many bytes.
 */
export async function* bodyChunks(
  body: Readable,
  operation: string,
): AsyncGenerator<Buffer, void, undefined> {
  let received = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      received += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw streamFailure(error, operation, received);
  }
}

/** An error of this package stays as it is; anything else means that the connection broke. */
export function streamFailure(error: unknown, operation: string, received: number): Error {
  if (isDockerError(error)) return error;
  const reason = (error as Error).message || String(error);
  return new StreamError(`${operation}: the connection broke after ${received} bytes (${reason})`, {
    cause: error,
  });
}
