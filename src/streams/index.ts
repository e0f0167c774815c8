export { ArchiveStream } from "./archive-stream.js";
export { AttachStream } from "./attach-stream.js";
export type { LogChunk } from "./frame-decoder.js";
export { JsonStream } from "./json-stream.js";
export { type LogFormat, type LogLine, LogStream } from "./log-stream.js";
export { type PathStat, type PathType, pathType, readPathStat } from "./path-stat.js";
export { ProgressStream } from "./progress-stream.js";
export { TarStream, type ToFileOptions } from "./tar-stream.js";
export { writeBeside } from "./write-beside.js";
