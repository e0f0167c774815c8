import { DockerError } from "../../errors.js";

/** Why a container is not ready. */
export type ReadinessFailure =
  /** It exited. */
  | "exited"
  /** It was removed. */
  | "removed"
  /** Its health check fails. */
  | "unhealthy"
  /** It has no health check. */
  | "unchecked"
  /** It does not publish the port. */
  | "unpublished"
  /** It has no address of the requested kind. */
  | "unaddressed"
  /** A condition cannot be met for another reason. */
  | "unmet"
  /** The timeout passed. */
  | "timeout";

/** The last known state of a condition. */
export interface ConditionState {
  /** The condition in words, such as "port 80/tcp". */
  readonly condition: string;
  /** Whether it was met at the last attempt. */
  readonly met: boolean;
  /** Result of the last attempt, such as "127.0.0.1:32768: connect ECONNREFUSED". */
  readonly state: string;
}

/** Details of a {@link ReadinessError}. */
export interface ReadinessDetails {
  /** The exit code, if the container exited. */
  readonly exitCode?: number | undefined;
  /** The last state of each condition; empty if none was waited for. */
  readonly conditions?: readonly ConditionState[] | undefined;
  /** The last lines of the container's log since its start, as far as the Engine has them. */
  readonly log?: readonly string[] | undefined;
}

/**
 * A container will not become ready, or does not have the requested port or address. The message has the last
 * state of each condition, and the last lines of the log. After a timeout it is the `cause` of the TimeoutError.
 *
 * @remarks
 * Decide by `failure`, and read `conditions` and `log`. See docs/readiness.md.
 *
 * @example
 * try {
 *   await docker.waitFor("db", until.port(5432));
 * } catch (error) {
 *   if (error instanceof ReadinessError) console.error(error.failure, error.exitCode, error.log.at(-1));
 * }
 */
export class ReadinessError extends DockerError implements ReadinessDetails {
  override readonly name = "ReadinessError";
  readonly code = "ERR_DOCKER_READINESS";
  /** Why the wait ended. */
  readonly failure: ReadinessFailure;
  readonly exitCode: number | undefined;
  readonly conditions: readonly ConditionState[];
  readonly log: readonly string[];

  constructor(message: string, failure: ReadinessFailure, details: ReadinessDetails = {}) {
    super(message);
    this.failure = failure;
    this.exitCode = details.exitCode;
    this.conditions = details.conditions ?? [];
    this.log = details.log ?? [];
  }
}
