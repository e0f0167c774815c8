/**
 * Response bodies as streams and values; other folders may use the stream classes, the body readers, JSON with
 * wide integers, `unwritable` and `writeBeside`.
 */

export { ArchiveStream } from "./archive-stream.js";
export { AttachStream, type HidingEnd } from "./attach-stream.js";
export { type Decoder, streamFailure } from "./body-reader.js";
export { BodyStream } from "./body-stream.js";
export { type DemuxOptions, demux } from "./demux.js";
export type { LogChunk } from "./frame-decoder.js";
export { JsonStream } from "./json-stream.js";
export { unwritable } from "./log-pipe.js";
export { type LogFormat, LogStream, type ReadLimit } from "./log-stream.js";
export { type LogLine, TextGatherer } from "./log-text.js";
export { type PathStat, type PathType, pathType, readPathStat } from "./path-stat.js";
export { ProgressStream } from "./progress-stream.js";
export { ReadAhead } from "./read-ahead.js";
export { drainBody, readErrorBody, readJsonBody, readTextBody, readWholeBody } from "./read-body.js";
export { releasable, sourceOf } from "./source.js";
export { EmptyArchiveError } from "./tar-check.js";
export { writeWhole } from "./tar-file.js";
export { TarStream, type ToFileOptions } from "./tar-stream.js";
export { parseJson, writeJson } from "./wide-json.js";
export { pathOnDisk, writeBeside } from "./write-beside.js";
