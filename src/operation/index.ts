/**
 * An operation from its arguments to its result; other folders may use the calls and results, the performer and
 * hooks, and the checks and writers of arguments.
 */

export { isOlder } from "./api-version.js";
export { Call, CallSite, StreamCall } from "./call.js";
export type { ErrorInfo, Hook, OutgoingRequest, RequestInfo, ResponseInfo } from "./hooks.js";
export {
  armOf,
  exportImage,
  type ImageExporter,
  type ImageGetCall,
  type ImageGetResult,
  imageGet,
} from "./image-get.js";
export type { Api } from "./known-engine.js";
export { type LookUp, Performer } from "./perform.js";
export { release, takeOver } from "./prepare/body.js";
export { toJson } from "./prepare/json.js";
export { readLogin } from "./prepare/login.js";
export { type Moment, secondsOf } from "./prepare/moment.js";
export { encodingFor, writeParameters } from "./prepare/parameters.js";
export { writePath } from "./prepare/path.js";
export { timeLeft, withHeaderOption } from "./prepare/prepare.js";
export { prepareRequest, type RawRequest } from "./prepare/raw-request.js";
export { type AnswerLimit, RawResponse } from "./raw-response.js";
export type { Failure, Result, Success } from "./result.js";
