import type { Operation } from "../../generated/operations.js";
import type { LogChunk } from "../streams/index.js";
import { writeJson } from "../streams/wide-json.js";

/** An answer as it goes on the wire. */
export interface MockedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body in pieces; of a WebSocket its messages. */
  readonly body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

const JSON_TYPE = "application/json";
const FRAMES_TYPE = "application/vnd.docker.multiplexed-stream";

/** Writes an answer as the Engine sends it for the operation's response kind. */
export function writeAnswer({ kind }: Operation, status: number, body: unknown): MockedAnswer {
  const of = (type: string, pieces: MockedAnswer["body"]) => ({
    status,
    headers: { "Content-Type": type },
    body: pieces,
  });
  if (body === undefined) return { status, headers: {}, body: [] };
  if (status >= 400) return of(JSON_TYPE, [json(body)]);
  switch (kind) {
    case "json-lines":
    case "progress":
      return of(
        JSON_TYPE,
        (body as readonly unknown[]).map((record) => Buffer.concat([json(record), Buffer.from("\n")])),
      );
    case "frames":
    case "hijack":
      return of(FRAMES_TYPE, (body as readonly LogChunk[]).map(frame));
    case "websocket":
      return of(
        "",
        (body as readonly LogChunk[]).map(({ data }) => data),
      );
    case "text":
      return of("text/plain; charset=utf-8", [Buffer.from(body as string)]);
    case "path-stat":
      return { status, headers: { "X-Docker-Container-Path-Stat": json(body).toString("base64") }, body: [] };
    case "tar":
    case "archive":
      return of(
        "application/x-tar",
        body instanceof Uint8Array ? [body] : (body as AsyncIterable<Uint8Array>),
      );
    default:
      return of(JSON_TYPE, [json(body)]);
  }
}

const json = (value: unknown): Buffer => Buffer.from(writeJson(value) ?? "");

/** The Engine's multiplexed format: type, three zeros, big-endian length, payload. */
function frame({ stream, data }: LogChunk): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream === "stderr" ? 2 : 1, 0);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}
