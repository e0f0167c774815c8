import { Duplex } from "node:stream";
import type { ResponseKind } from "../../generated/operations.js";
import {
  AttachStream,
  JsonStream,
  type LogFormat,
  LogStream,
  ProgressStream,
  TarStream,
} from "../streams/index.js";
import type { WireResponse } from "../transport/index.js";

/** How an answer of a response kind is read. */
export interface Finisher {
  /** How the request is sent, if not as any other: over a connection of its own. */
  readonly send?: "upgrade" | "websocket";
  /** What openapi-fetch does with the body: parse it, or hand it on as it arrives. */
  readonly parseAs: "json" | "text" | "stream";
  /** Makes the operation's data of what openapi-fetch gives. */
  readonly finish: (data: unknown, response: WireResponse, operation: string) => unknown;
}

const stream = (make: (response: WireResponse, operation: string) => unknown): Finisher => ({
  parseAs: "stream",
  finish: (_, response, operation) => make(response, operation),
});

/** The framing is what the Engine says it is, never guessed from the bytes. */
function logFormat(response: WireResponse): LogFormat {
  const type = response.headers.get("content-type");
  return type?.startsWith("application/vnd.docker.multiplexed-stream") ? "frames" : "raw";
}

/** A detached exec answers 200 and has no streams; all else that succeeds is an upgraded connection. */
function attach(response: WireResponse, operation: string): AttachStream {
  const { body } = response;
  const duplex = body instanceof Duplex ? body : Duplex.from({ readable: body });
  return new AttachStream(duplex, operation, logFormat(response));
}

/** One way per kind to finish an operation. */
export const finishers: Readonly<Record<ResponseKind, Finisher>> = {
  json: { parseAs: "json", finish: (data) => data },
  text: { parseAs: "text", finish: (data) => data ?? "" },
  none: stream((response) => response.drain()),
  tar: stream(({ body }, operation) => new TarStream(body, operation)),
  "json-lines": stream(({ body }, operation) => new JsonStream(body, operation)),
  progress: stream(({ body }, operation) => new ProgressStream(body, operation)),
  frames: stream((response, operation) => new LogStream(response.body, operation, logFormat(response))),
  hijack: { ...stream(attach), send: "upgrade" },
  websocket: { ...stream(attach), send: "websocket" },
};
