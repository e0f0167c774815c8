/**
 * Where the Engine is, how to reach it, and the settings for logins; other folders may use the resolved
 * configuration, the settings of logins and the endpoint types, and only `thisMachine` touches the machine.
 */

export type { Connect } from "../options.js";
export { configFile } from "./config-file.js";
export { describeEndpoint, type Endpoint, type TlsMaterial } from "./endpoint.js";
export { type LoginSettings, readLoginSettings, type StoredLogin } from "./login-settings.js";
export { type ConfigInput, type ConfigOptions, readJson, thisMachine } from "./machine.js";
export { refuseContextFactory, refuseFactory, refuseHostFactory } from "./other-clients.js";
export { checkDockerOptions, type ResolvedConfig, resolveConfig, shownConfig } from "./resolve.js";
export { userAgent } from "./user-agent.js";
