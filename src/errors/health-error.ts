import type { HealthcheckResult } from "../../generated/schema.js";
import { DockerError } from "./docker-error.js";

/** Why a container will not become healthy: its checks fail, it ended, it is gone, or nothing checks it. */
export type HealthFailure = "unhealthy" | "exited" | "removed" | "unchecked";

/**
 * A container that was waited for will not become healthy. The message has the outcome of its last check.
 *
 * @example
 * try {
 *   await docker.waitUntilHealthy("db");
 * } catch (error) {
 *   if (error instanceof HealthError) console.error(error.failure, error.log.at(-1)?.Output);
 * }
 */
export class HealthError extends DockerError {
  override readonly name = "HealthError";
  readonly code = "ERR_DOCKER_HEALTH";
  readonly failure: HealthFailure;
  /** The last checks that the Engine remembers, oldest first. */
  readonly log: readonly HealthcheckResult[];

  constructor(message: string, failure: HealthFailure, log: readonly HealthcheckResult[]) {
    super(message);
    this.failure = failure;
    this.log = log;
  }
}
