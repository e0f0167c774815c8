import { DockerError } from "./docker-error.js";

/** No Engine could be reached at the address; the message says what to try, `cause` is the system's error. */
export class ConnectionError extends DockerError {
  override readonly name = "ConnectionError";
  readonly code = "ERR_DOCKER_CONNECTION";
}
