export { Transport } from "./transport.js";
export { type WireBody, WireRequest } from "./wire-request.js";
export { WireResponse } from "./wire-response.js";
