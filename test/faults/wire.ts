import { createHash } from "node:crypto";

/** Writers of the bytes that an Engine sends. */

/** Status line and headers, with the empty line after them. */
export function head(status: string, ...headers: readonly string[]): Buffer {
  return Buffer.from([`HTTP/1.1 ${status}`, "Api-Version: 1.48", ...headers, "", ""].join("\r\n"), "latin1");
}

/** Pieces in chunked framing, each a chunk, and the last chunk. */
export function chunked(...pieces: readonly (string | Buffer)[]): Buffer {
  const chunks = pieces.map((piece) => {
    const bytes = Buffer.from(piece);
    return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
  });
  return Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]);
}

/** What a server answers to the key of a WebSocket's request. */
export const websocketAccept = (key: string): string =>
  createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

const BINARY = 0x82;
const CLOSE = 0x88;

/** A message of a WebSocket, as a server sends it. */
export const message = (text: string): Buffer =>
  Buffer.concat([Buffer.from([BINARY, Buffer.byteLength(text)]), Buffer.from(text)]);

/** The closing frame the Engine ends a WebSocket with. */
export const closing = Buffer.from([CLOSE, 2, 0x03, 0xe8]);
