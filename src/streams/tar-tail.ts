import { StreamError } from "../errors.js";
import { parseJson } from "./wide-json.js";

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x7b, 0x7d];

/** Watches the end of a tar for the JSON error that the Engine appends when an export fails after its 200. */
export class TarTail {
  /** Length in bytes of the longest error that is recognised. */
  static readonly LENGTH = 64 * 1024;
  #chunks: Buffer[] = [];
  #length = 0;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (
      let first = this.#chunks[0];
      first && this.#length - first.length >= TarTail.LENGTH;
      first = this.#chunks[0]
    ) {
      this.#chunks.shift();
      this.#length -= first.length;
    }
  }

  /** The failure at the end of the tar, if there is one. */
  failure(operation: string): StreamError | undefined {
    const record = lastObject(Buffer.concat(this.#chunks).subarray(-TarTail.LENGTH));
    const message = record === undefined ? undefined : errorMessage(record);
    return message === undefined
      ? undefined
      : new StreamError(`${operation} failed after it began: ${message}`);
  }
}

/**
 * The text of the JSON object at the end of the bytes. It is scanned backwards from its last brace to the matching one,
 * so that its start need not be guessed. A quote counts after an even number of backslashes.
 */
function lastObject(bytes: Buffer): string | undefined {
  let last = bytes.length - 1;
  while (last >= 0 && (bytes[last] === 0x0a || bytes[last] === 0x0d || bytes[last] === 0x20)) last -= 1;
  if (bytes[last] !== CLOSE) return undefined;
  let depth = 0;
  let isInString = false;
  for (let at = last; at >= 0; at -= 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      let before = at;
      while (bytes[before - 1] === BACKSLASH) before -= 1;
      if ((at - before) % 2 === 0) isInString = !isInString;
      at = before;
    } else if (isInString) continue;
    else if (byte === CLOSE) depth += 1;
    else if (byte === OPEN) {
      depth -= 1;
      if (depth === 0) return bytes.toString("utf8", at, last + 1);
    }
  }
  return undefined;
}

function errorMessage(text: string): string | undefined {
  let record: { message?: unknown; error?: unknown; errorDetail?: { message?: unknown } | null };
  try {
    record = parseJson(text) as typeof record;
  } catch {
    return undefined;
  }
  const message = record.errorDetail?.message ?? record.error ?? record.message;
  return typeof message === "string" ? message : undefined;
}
