import type { Returns } from "../../generated/client.js";
import type {
  ArchiveStream,
  AttachStream,
  JsonStream,
  LogStream,
  PathStat,
  ProgressStream,
  TarStream,
} from "../streams/index.js";
import type { Call } from "./call.js";

/** What each response kind gives; `this["data"]` is the type the schema has for the operation's answer. */
export interface DockerReturns extends Returns {
  readonly json: Call<this["data"]>;
  readonly none: Call<void>;
  readonly text: Call<string>;
  readonly tar: Call<TarStream>;
  readonly archive: Call<ArchiveStream>;
  readonly "path-stat": Call<PathStat>;
  readonly "json-lines": Call<JsonStream<this["data"]>>;
  readonly progress: Call<ProgressStream>;
  readonly frames: Call<LogStream>;
  readonly hijack: Call<AttachStream>;
  readonly websocket: Call<AttachStream>;
}
