export { AbortedError } from "./aborted-error.js";
export { ArgumentError } from "./argument-error.js";
export { ConfigError } from "./config-error.js";
export { ConnectionError } from "./connection-error.js";
export { DockerError, type DockerErrorCode, isDockerError } from "./docker-error.js";
export { EngineError, type EngineFailure, isEngineError } from "./engine-error.js";
export { HealthError, type HealthFailure } from "./health-error.js";
export { StreamError } from "./stream-error.js";
export { TimeoutError } from "./timeout-error.js";
