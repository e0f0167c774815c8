export { EngineRequest, type RequestBody, type TimeoutCovers } from "./request.js";
export { EngineResponse } from "./response.js";
export { Transport } from "./transport.js";
