export { type ExecOptions, type ExecResult, exec } from "./exec.js";
export type { Limits } from "./limits.js";
export type { OutputSinks, OutputText } from "./output.js";
export type { ContainerCreateBody } from "./own-container.js";
export type { ProcessSettings } from "./process-settings.js";
export { type PullOptions, pull, type RegistryOptions } from "./pull.js";
export { type RunOptions, type RunResult, run } from "./run.js";
export type { Input } from "./stdin.js";
