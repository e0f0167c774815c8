import { DockerError } from "./docker-error.js";

/** The Engine did not answer within the `timeout` given. */
export class TimeoutError extends DockerError {
  override readonly name = "TimeoutError";
  readonly code = "ERR_DOCKER_TIMEOUT";
}
