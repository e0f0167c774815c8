export { checkOptions } from "./check-options.js";
export { isDuration, LONGEST_MS } from "./duration.js";
export { type Connect, describeEndpoint, type Endpoint, type TlsMaterial } from "./endpoint.js";
export type { ConfigInput, ConfigOptions } from "./input.js";
export { type ResolvedConfig, resolveConfig } from "./resolve.js";
export { thisSystem } from "./system.js";
export type { TlsOptions } from "./tls-options.js";
