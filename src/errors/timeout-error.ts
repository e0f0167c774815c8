import { DockerError } from "./docker-error.js";

/** The Engine did not answer within the call's `timeout`, or there was no connection to it within `connectTimeout`. */
export class TimeoutError extends DockerError {
  override readonly name = "TimeoutError";
  readonly code = "ERR_DOCKER_TIMEOUT";
}
