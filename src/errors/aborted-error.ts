import { DockerError } from "./docker-error.js";

/** The call was ended by its AbortSignal, whose reason is the `cause`, or by closing the client. */
export class AbortedError extends DockerError {
  override readonly name = "AbortedError";
  readonly code = "ERR_DOCKER_ABORTED";

  /** For a signal that has fired. */
  static of(signal: AbortSignal, operation: string): AbortedError {
    return new AbortedError(`${operation} was aborted`, { cause: signal.reason });
  }
}
