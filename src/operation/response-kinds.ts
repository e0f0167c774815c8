import { Duplex } from "node:stream";
import type { ResponseKind } from "../../generated/operations.js";
import {
  ArchiveStream,
  AttachStream,
  JsonStream,
  type LogFormat,
  LogStream,
  ProgressStream,
  readPathStat,
  TarStream,
} from "../streams/index.js";
import type { WireResponse } from "../transport/index.js";
import { statedFormat } from "./log-format.js";

const PATH_STAT = "X-Docker-Container-Path-Stat";

/** How an answer of a response kind is read. */
export interface Finisher {
  /** How the request is sent, if not as any other: over a connection of its own. */
  readonly send?: "upgrade" | "websocket";
  /** What openapi-fetch does with the body: parse it, or hand it on as it arrives. */
  readonly parseAs: "json" | "text" | "stream";
  /** Makes the operation's data of what openapi-fetch gives. */
  readonly finish: (data: unknown, response: WireResponse, operation: string, format?: LogFormat) => unknown;
}

const stream = (
  make: (response: WireResponse, operation: string, format?: LogFormat) => unknown,
): Finisher => ({
  parseAs: "stream",
  finish: (_, response, operation, format) => make(response, operation, format),
});

/** A detached exec answers 200 and has no streams; all else that succeeds is an upgraded connection. */
function attach(response: WireResponse, operation: string, format = statedFormat(response)): AttachStream {
  const { body } = response;
  const duplex = body instanceof Duplex ? body : Duplex.from({ readable: body });
  return new AttachStream(duplex, operation, format);
}

/** Output that the Engine sends as an ordinary answer. */
function logs(response: WireResponse, operation: string, format = statedFormat(response)): LogStream {
  return new LogStream(response.body, operation, format);
}

/** One way per kind to finish an operation. */
export const finishers: Readonly<Record<ResponseKind, Finisher>> = {
  json: { parseAs: "json", finish: (data) => data },
  text: { parseAs: "text", finish: (data) => data ?? "" },
  none: stream((response) => response.drain()),
  tar: stream(({ body }, operation) => new TarStream(body, operation)),
  archive: stream(
    ({ body, headers }, operation) => new ArchiveStream(body, operation, headers.get(PATH_STAT)),
  ),
  "path-stat": stream(async (response, operation) => {
    await response.drain();
    return readPathStat(response.headers.get(PATH_STAT), operation);
  }),
  "json-lines": stream(({ body }, operation) => new JsonStream(body, operation)),
  progress: stream(({ body }, operation) => new ProgressStream(body, operation)),
  frames: stream(logs),
  hijack: { ...stream(attach), send: "upgrade" },
  websocket: { ...stream(attach), send: "websocket" },
};
