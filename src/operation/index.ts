export { Call, StreamCall } from "./call.js";
export { CallSite } from "./call-site.js";
export type { ErrorInfo, Hook, OutgoingRequest, RequestInfo, ResponseInfo } from "./hooks.js";
export {
  armOf,
  exportImage,
  type ImageExporter,
  type ImageGetCall,
  type ImageGetResult,
  imageGet,
} from "./image-get.js";
export { Performer } from "./perform.js";
export { release, takeOver } from "./prepare/body.js";
export { type Moment, secondsOf } from "./prepare/moment.js";
export type { DockerReturns } from "./response-kinds.js";
export type { Failure, Result, Success } from "./result.js";
