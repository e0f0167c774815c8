import { DockerError } from "./docker-error.js";

/** An argument cannot be sent as it is; nothing was sent. */
export class ArgumentError extends DockerError {
  override readonly name = "ArgumentError";
  readonly code = "ERR_DOCKER_ARGUMENT";
}
