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

/** A frame of the multiplexed format. */
export function frame(stream: "stdout" | "stderr", text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.from([stream === "stdout" ? 1 : 2, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

const BLOCK = 512;

/** A tar of one file. */
export function tar(name: string, text: string): Buffer {
  const header = Buffer.alloc(BLOCK);
  const content = Buffer.from(text);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * BLOCK)]);
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
