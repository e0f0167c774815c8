const LIMIT = 16 * 1024;
const STATUS_LINE = /^HTTP\/1\.[01] \d{3}[ \r]/;
const START = "HTTP/1.";

/**
 * Waits for the answer to the initial ping of a connection over ssh. The answer to a HEAD is only a head, and all that
 * matters is that it is HTTP; node:http cannot read it, because it does not have the connection yet.
 */
export class Pong {
  #received = "";

  /** Adds bytes; true when the answer is complete. @throws {Error} it is not the answer to a HEAD */
  add(chunk: Buffer): boolean {
    this.#received += chunk.toString("latin1");
    const text = this.#received;
    if (!START.startsWith(text.slice(0, START.length))) throw new Error("it is not HTTP");
    const end = text.indexOf("\r\n\r\n");
    if (end < 0 && text.length > LIMIT) throw new Error("it has more than 16 KiB of headers");
    if (end < 0) return false;
    if (!STATUS_LINE.test(text)) throw new Error("it is not HTTP");
    if (text.length > end + 4) throw new Error("it has a body");
    return true;
  }
}
