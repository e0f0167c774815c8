import { isUtf8 } from "node:buffer";

/** A piece in the form of a recording: text stays text, so that people can read and compare it. */
export type RecordedBytes =
  | string
  /** JSON, followed by a line break if `line`. */
  | { readonly json: unknown; readonly line?: true }
  /** Frames of output: 0 to 3 are stdin, stdout, stderr and the Engine's own errors. */
  | { readonly frames: readonly (readonly [stream: number, text: string])[] }
  | { readonly base64: string };

/** Writes a piece in the most readable form that keeps every byte. */
export function writeBytes(bytes: Buffer): RecordedBytes {
  if (!isUtf8(bytes)) return framesIn(bytes) ?? { base64: bytes.toString("base64") };
  const text = bytes.toString();
  return jsonIn(text) ?? framesIn(bytes) ?? text;
}

/** The bytes of a piece. */
export function readBytes(recorded: RecordedBytes): Buffer {
  if (typeof recorded === "string") return Buffer.from(recorded);
  if ("base64" in recorded) return Buffer.from(recorded.base64, "base64");
  if ("json" in recorded) return Buffer.from(JSON.stringify(recorded.json) + (recorded.line ? "\n" : ""));
  return Buffer.concat(recorded.frames.map(([stream, text]) => frame(stream, Buffer.from(text))));
}

/** An object or list whose JSON is exactly that text: no wide integers, no other escapes or spaces. */
function jsonIn(text: string): RecordedBytes | undefined {
  if (!/^[{[]/.test(text)) return undefined;
  const line = text.endsWith("\n");
  const written = line ? text.slice(0, -1) : text;
  try {
    const json: unknown = JSON.parse(written);
    if (JSON.stringify(json) !== written) return undefined;
    return line ? { json, line } : { json };
  } catch {
    return undefined;
  }
}

const HEADER = 8;

/** The frames of a piece, if it consists of frames that hold text. */
function framesIn(bytes: Buffer): RecordedBytes | undefined {
  const frames: [number, string][] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < HEADER) return undefined;
    const stream = bytes.readUInt8(at);
    const end = at + HEADER + bytes.readUInt32BE(at + 4);
    const payload = bytes.subarray(at + HEADER, end);
    if (stream > 3 || bytes.readUIntBE(at + 1, 3) !== 0 || end > bytes.length || !isUtf8(payload))
      return undefined;
    frames.push([stream, payload.toString()]);
    at = end;
  }
  return frames.length > 0 ? { frames } : undefined;
}

function frame(stream: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}
