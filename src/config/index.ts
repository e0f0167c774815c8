/**
 * Where the Engine is and how to reach it; other folders may use the resolved configuration and the endpoint
 * types, and only `thisMachine` touches the machine.
 */

export type { Connect } from "../options.js";
export { describeEndpoint, type Endpoint, type TlsMaterial } from "./endpoint.js";
export { type ConfigInput, type ConfigOptions, thisMachine } from "./machine.js";
export { checkDockerOptions, type ResolvedConfig, resolveConfig } from "./resolve.js";
export { userAgent } from "./user-agent.js";
