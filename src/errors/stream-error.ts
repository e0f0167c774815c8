import { DockerError } from "./docker-error.js";

/** A body failed after it began: the connection broke, the Engine reported a late failure, or the bytes make no sense. */
export class StreamError extends DockerError {
  override readonly name = "StreamError";
  readonly code = "ERR_DOCKER_STREAM";
}
