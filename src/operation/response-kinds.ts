import { Duplex } from "node:stream";
import type { ResponseKind } from "../../generated/operations.js";
import {
  ArchiveStream,
  AttachStream,
  JsonStream,
  type LogFormat,
  LogStream,
  ProgressStream,
  readJsonBody,
  readPathStat,
  readTextBody,
  TarStream,
} from "../streams/index.js";
import type { EngineResponse, TimeoutCovers } from "../transport/index.js";
import { statedFormat } from "./log-format.js";

const PATH_STAT = "X-Docker-Container-Path-Stat";

/** How an answer of a response kind is read. */
export interface Finisher {
  /** Whether the data is a stream that can be iterated. */
  readonly streams?: boolean;
  /** How the request is sent, if not as any other: over a connection of its own. */
  readonly send?: "upgrade" | "websocket";
  /** What openapi-fetch does with the body: parse it, or hand it on as it arrives. */
  readonly parseAs: "json" | "text" | "stream";
  /** Data is there when the answer has ended; a stream when it has begun. */
  readonly timeoutCovers: TimeoutCovers;
  /** Makes the operation's data of what openapi-fetch gives. */
  readonly finish: (
    data: unknown,
    response: EngineResponse,
    operation: string,
    format?: LogFormat,
  ) => unknown;
}

type Make = (response: EngineResponse, operation: string, format?: LogFormat) => unknown;

const whole = (make: Make): Finisher => ({
  parseAs: "stream",
  timeoutCovers: "answer",
  finish: (_, response, operation, format) => make(response, operation, format),
});

const stream = (make: Make): Finisher => ({ ...whole(make), timeoutCovers: "head", streams: true });

/** A detached exec answers 200 and has no streams; all else that succeeds is an upgraded connection. */
function attach(response: EngineResponse, operation: string, format = statedFormat(response)): AttachStream {
  const { body } = response;
  const duplex = body instanceof Duplex ? body : Duplex.from({ readable: body });
  return new AttachStream(duplex, operation, format);
}

/** Output that the Engine sends as an ordinary answer. */
function logs(response: EngineResponse, operation: string, format = statedFormat(response)): LogStream {
  return new LogStream(response.body, operation, format);
}

/** One way per kind to finish an operation. */
export const finishers: Readonly<Record<ResponseKind, Finisher>> = {
  // A 204 says that there is no value; any other answer without one was cut.
  json: whole((response, operation) =>
    response.status === 204 ? response.drain() : readJsonBody(response.body, operation),
  ),
  text: whole(({ body }, operation) => readTextBody(body, operation)),
  none: whole((response) => response.drain()),
  tar: stream(({ body }, operation) => new TarStream(body, operation)),
  archive: stream(
    ({ body, headers }, operation) => new ArchiveStream(body, operation, headers.get(PATH_STAT)),
  ),
  "path-stat": whole(async (response, operation) => {
    await response.drain();
    return readPathStat(response.headers.get(PATH_STAT), operation);
  }),
  "json-lines": stream(({ body }, operation) => new JsonStream(body, operation)),
  progress: stream(({ body }, operation) => new ProgressStream(body, operation)),
  frames: stream(logs),
  hijack: { ...stream(attach), send: "upgrade" },
  websocket: { ...stream(attach), send: "websocket" },
};
