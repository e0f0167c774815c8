export { JsonStream } from "./json-stream.js";
export { ProgressStream } from "./progress-stream.js";
export { TarStream, type ToFileOptions } from "./tar-stream.js";
