export type { Connect } from "../options.js";
export { describeEndpoint, type Endpoint, type TlsMaterial } from "./endpoint.js";
export { type ConfigInput, type ConfigOptions, thisMachine } from "./machine.js";
export { checkDockerOptions, type ResolvedConfig, resolveConfig } from "./resolve.js";
