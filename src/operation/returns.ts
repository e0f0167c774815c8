import type { Returns } from "../../generated/client.js";
import type { ProgressMessage } from "../../generated/schema.js";
import type {
  ArchiveStream,
  AttachStream,
  JsonStream,
  LogChunk,
  LogStream,
  PathStat,
  ProgressStream,
  TarStream,
} from "../streams/index.js";
import type { Call, StreamCall } from "./call.js";

/** What each response kind gives; `this["data"]` is the type the schema has for the operation's answer. */
export interface DockerReturns extends Returns {
  readonly json: Call<this["data"]>;
  readonly none: Call<void>;
  readonly text: Call<string>;
  readonly tar: StreamCall<TarStream, Buffer>;
  readonly archive: StreamCall<ArchiveStream, Buffer>;
  readonly "path-stat": Call<PathStat>;
  readonly "json-lines": StreamCall<JsonStream<this["data"]>, this["data"]>;
  readonly progress: StreamCall<ProgressStream, ProgressMessage>;
  readonly frames: StreamCall<LogStream, LogChunk>;
  readonly hijack: StreamCall<AttachStream, LogChunk>;
  readonly websocket: StreamCall<AttachStream, LogChunk>;
}
