import { DockerError, isDockerError } from "./docker-error.js";

/** What an {@link EngineError} knows of the call that failed. */
export interface EngineFailure {
  /** HTTP status of the answer. */
  readonly status: number;
  /** The operationId, such as "ContainerStart". */
  readonly operation: string;
  /** HTTP method. */
  readonly method: string;
  /** Path and query as sent; build arguments and passwords are left out. */
  readonly url: string;
  /** The answer's body: the parsed JSON, or the text (1 MiB of it at most) if it is none. */
  readonly body: unknown;
}

/**
 * The Engine answered, with a failure. Class by `status`; the message's wording is the Engine's and not stable.
 *
 * @example
 * const result = await docker.containerInspect("web");
 * if (!result.ok && isEngineError(result.error, 404)) console.log("there is no such container");
 */
export class EngineError extends DockerError implements EngineFailure {
  override readonly name = "EngineError";
  readonly code = "ERR_DOCKER_ENGINE";
  readonly status: number;
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly body: unknown;

  /** `advice` is what to do about it, for the end of the message. */
  constructor(failure: EngineFailure, advice?: string) {
    const said = `${failure.operation} failed with status ${failure.status}: ${engineMessage(failure.body)}`;
    super(advice === undefined ? said : `${said.replace(/\.?$/, ".")} ${advice}`);
    this.status = failure.status;
    this.operation = failure.operation;
    this.method = failure.method;
    this.url = failure.url;
    this.body = failure.body;
  }
}

/** Tells whether a value is an {@link EngineError}, of a certain status if one is named. */
export function isEngineError(value: unknown, status?: number): value is EngineError {
  if (!isDockerError(value) || value.code !== "ERR_DOCKER_ENGINE") return false;
  return status === undefined || (value as EngineError).status === status;
}

const EXCERPT = 300;

/** The Engine's words; of a proxy's HTML or the like, its beginning. */
function engineMessage(body: unknown): string {
  const message = (body as { message?: unknown } | null | undefined)?.message;
  if (typeof message === "string" && message) return message;
  const text = typeof body === "string" ? body.trim() : body === undefined ? "" : JSON.stringify(body);
  if (!text) return "(no message)";
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text;
}
