const LIMIT = 16 * 1024;
const STATUS_LINE = /^HTTP\/1\.[01] \d{3}[ \r]/;
const START = "HTTP/1.";

/**
 * Waits for the answer to the ping that goes ahead of a connection over ssh. It is all head, the answer to a HEAD, of
 * which only that it is HTTP is of interest; node:http cannot read it, since the connection is not its yet.
 */
export class Pong {
  #received = "";

  /** Takes what arrives; true when the answer is whole. @throws {Error} it is not the answer to a HEAD */
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
