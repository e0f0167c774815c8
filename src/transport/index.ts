/**
 * Requests and responses over one Engine's connections; other folders may use `Transport`, the types of its requests and
 * responses, and `connectTo` for answers from inside the process.
 */

export type {
  RequestAnswered,
  RequestEnded,
  RequestFailed,
  RequestIdentity,
  RequestMessage,
  RequestStarted,
} from "./diagnostics.js";
export { connectTo, type InProcessRequest } from "./in-process.js";
export type { Observer, Watch } from "./observation.js";
export { isOverheard, overhear } from "./overhear.js";
export {
  EngineRequest,
  type HeaderMap,
  mergeHeaders,
  type RequestBody,
  type RequestHeaders,
} from "./request.js";
export { type Answer, EngineResponse, headerOf } from "./response.js";
export { TRANSPORT, Transport } from "./transport.js";
