import type { Readable } from "node:stream";
import { streamFailure } from "./body-chunks.js";

/**
 * Reads a body to its end, or to a limit, beyond which its connection is closed. By events: for the small bodies of
 * most calls an async iterator costs more than all else.
 *
 * @throws {StreamError} the connection broke
 */
export function readAll(
  body: Readable,
  operation: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let received = 0;
    const fail = (error: unknown): void => reject(streamFailure(error, operation, received));
    const finish = (): void => {
      const [only] = chunks;
      const whole = chunks.length === 1 && only ? only : Buffer.concat(chunks);
      resolve(received > limit ? whole.subarray(0, limit) : whole);
    };
    body.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      received += chunk.length;
      if (received <= limit) return;
      finish();
      body.destroy();
    });
    body.once("end", finish);
    body.once("error", fail);
    // Asked first: making an error that nobody gets is the dearest part of a small call.
    body.once("close", () => body.readableEnded || fail(new Error("premature close")));
    // A body that broke before anyone read it says nothing any more.
    if (body.errored) fail(body.errored);
    else if (body.destroyed && !body.readableEnded) fail(new Error("premature close"));
  });
}
