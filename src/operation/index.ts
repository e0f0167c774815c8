export { Call, StreamCall } from "./call.js";
export {
  exportImage,
  type ImageExporter,
  type ImageGetCall,
  type ImageGetResult,
  imageGet,
} from "./image-get.js";
export { EngineCaller } from "./perform.js";
export { type Moment, secondsOf } from "./prepare/moment.js";
export type { Failure, Result, Success } from "./result.js";
export type { DockerReturns } from "./returns.js";
