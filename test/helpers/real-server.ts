export { withServer } from "./servers.js";
export { signal } from "./waiting.js";
