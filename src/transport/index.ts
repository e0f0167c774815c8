export { connectTo, type InProcessRequest } from "./in-process.js";
export { EngineRequest, type RequestBody, type TimeoutCovers } from "./request.js";
export { type Answer, EngineResponse } from "./response.js";
export { Transport } from "./transport.js";
