const BRAND = Symbol.for("docker-engine-sdk.DockerError");

/** Stable names of the errors, for code that cannot rely on classes (other realms, other copies of the package). */
export type DockerErrorCode =
  | "ERR_DOCKER_ENGINE"
  | "ERR_DOCKER_CONNECTION"
  | "ERR_DOCKER_TIMEOUT"
  | "ERR_DOCKER_ABORTED"
  | "ERR_DOCKER_STREAM"
  | "ERR_DOCKER_HEALTH"
  | "ERR_DOCKER_CONFIG"
  | "ERR_DOCKER_ARGUMENT";

/**
 * What all errors of this package have in common. Under it: EngineError, ConnectionError, TimeoutError,
 * AbortedError, StreamError, HealthError, ConfigError and ArgumentError. Anything else that is thrown is a fault of the package.
 */
export abstract class DockerError extends Error {
  abstract readonly code: DockerErrorCode;

  /** On the prototype, so that it does not show when an error is printed. */
  get [BRAND](): true {
    return true;
  }
}

/** Tells whether a value is an error of this package, also one of another copy of it. */
export function isDockerError(value: unknown): value is DockerError {
  return typeof value === "object" && value !== null && (value as { [BRAND]?: unknown })[BRAND] === true;
}
