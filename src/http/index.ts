export { Call } from "./call.js";
export { EngineCaller } from "./engine-caller.js";
export { type Moment, secondsOf } from "./engine-time.js";
export {
  exportImage,
  type ImageExporter,
  type ImageGetCall,
  type ImageGetResult,
  imageGet,
} from "./image-get.js";
export type { Failure, Result, Success } from "./result.js";
export type { DockerReturns } from "./returns.js";
