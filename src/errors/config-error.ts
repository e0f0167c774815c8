import { DockerError } from "./docker-error.js";

/** The configuration (host, environment, credentials) cannot be used; the message quotes the value and says what is accepted. */
export class ConfigError extends DockerError {
  override readonly name = "ConfigError";
  readonly code = "ERR_DOCKER_CONFIG";
}
