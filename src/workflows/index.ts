export { type ExecOptions, type ExecResult, exec } from "./exec.js";
export type { Limits } from "./limits.js";
export type { OutputSinks, OutputText } from "./output.js";
export type { ProcessSettings } from "./process-settings.js";
export type { Input } from "./stdin.js";
