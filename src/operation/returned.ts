/** Return types of operations, as the generated client names them. Types only: at run time it depends on nothing of src/. */
export type {
  ArchiveStream,
  AttachStream,
  JsonStream,
  LogChunk,
  LogStream,
  PathStat,
  ProgressStream,
  TarStream,
} from "../streams/index.js";
export type { Call, StreamCall } from "./call.js";
