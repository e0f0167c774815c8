import type { ReadinessFailure } from "./readiness-error.js";

/** A condition can no longer be met. Becomes the error of the workflow, which knows more. */
export class Unmet extends Error {
  readonly failure: ReadinessFailure;
  readonly exitCode: number | undefined;

  /** `problem` follows the container's name. */
  constructor(failure: ReadinessFailure, problem: string, exitCode?: number) {
    super(problem);
    this.failure = failure;
    this.exitCode = exitCode;
  }
}
