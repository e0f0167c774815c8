import { StreamError } from "../errors.js";

const TAIL = 64 * 1024;

/**
 * Watches the end of a tar for the JSON error that the Engine appends when an export fails after the 200 was
 * sent. A whole tar ends in zero blocks, never in a brace.
 */
export class TarTail {
  #chunks: Buffer[] = [];
  #length = 0;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (let first = this.#chunks[0]; first && this.#length - first.length >= TAIL; first = this.#chunks[0]) {
      this.#chunks.shift();
      this.#length -= first.length;
    }
  }

  /** The failure that the tar ends with, if it does. */
  failure(operation: string): StreamError | undefined {
    const tail = Buffer.concat(this.#chunks).toString("utf8").trimEnd();
    if (!tail.endsWith("}")) return undefined;
    for (let at = tail.indexOf('{"'); at >= 0; at = tail.indexOf('{"', at + 1)) {
      const message = errorMessage(tail.slice(at));
      if (message) return new StreamError(`${operation} failed after it began: ${message}`);
    }
    return undefined;
  }
}

function errorMessage(text: string): string | undefined {
  let record: { message?: unknown; error?: unknown; errorDetail?: { message?: unknown } };
  try {
    record = JSON.parse(text);
  } catch {
    return undefined;
  }
  const message = record.errorDetail?.message ?? record.error ?? record.message;
  return typeof message === "string" ? message : undefined;
}
