import type { HealthcheckResult } from "../generated/schema.js";

const BRAND = Symbol.for("docker-engine-sdk.DockerError");

/** Stable names of the errors, for code that cannot rely on classes (other realms, other copies of the package). */
export type DockerErrorCode =
  | "ERR_DOCKER_ENGINE"
  | "ERR_DOCKER_CONNECTION"
  | "ERR_DOCKER_TIMEOUT"
  | "ERR_DOCKER_ABORTED"
  | "ERR_DOCKER_STREAM"
  | "ERR_DOCKER_HEALTH"
  | "ERR_DOCKER_CONFIG"
  | "ERR_DOCKER_ARGUMENT"
  | "ERR_DOCKER_UNSUPPORTED";

/**
 * What all errors of this package have in common. Under it: EngineError, ConnectionError, TimeoutError,
 * AbortedError, StreamError, HealthError, ConfigError, ArgumentError and UnsupportedError. Anything else that is thrown is a fault of the package.
 */
export abstract class DockerError extends Error {
  abstract readonly code: DockerErrorCode;

  /** On the prototype, so that it does not show when an error is printed. */
  get [BRAND](): true {
    return true;
  }
}

/** Tells whether a value is an error of this package, also one of another copy of it. */
export function isDockerError(value: unknown): value is DockerError {
  return typeof value === "object" && value !== null && (value as { [BRAND]?: unknown })[BRAND] === true;
}

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
  const text = typeof body === "string" ? body.trim() : body === undefined ? "" : showJson(body);
  if (!text) return "(no message)";
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text;
}

/** JSON.stringify takes no bigint, and fails on what is nested deeper than the stack is. */
function showJson(body: unknown): string {
  try {
    return JSON.stringify(body, (_, value) => (typeof value === "bigint" ? `${value}` : value));
  } catch {
    return "(the body is nested too deeply to be shown)";
  }
}

/** No Engine could be reached at the address; the message says what to try, `cause` is the system's error. */
export class ConnectionError extends DockerError {
  override readonly name = "ConnectionError";
  readonly code = "ERR_DOCKER_CONNECTION";
}

/** The Engine did not answer within the call's `timeout`, or there was no connection to it within `connectTimeout`. */
export class TimeoutError extends DockerError {
  override readonly name = "TimeoutError";
  readonly code = "ERR_DOCKER_TIMEOUT";
}

/** The call was ended by its AbortSignal, whose reason is the `cause`, or by closing the client. */
export class AbortedError extends DockerError {
  override readonly name = "AbortedError";
  readonly code = "ERR_DOCKER_ABORTED";

  /** For a signal that has fired. */
  static of(signal: AbortSignal, operation: string): AbortedError {
    return new AbortedError(`${operation} was aborted`, { cause: signal.reason });
  }
}

/** A body failed after it began: the connection broke, the Engine reported a late failure, or the bytes make no sense. */
export class StreamError extends DockerError {
  override readonly name = "StreamError";
  readonly code = "ERR_DOCKER_STREAM";
}

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

/** The configuration (host, environment, credentials) cannot be used; the message quotes the value and says what is accepted. */
export class ConfigError extends DockerError {
  override readonly name = "ConfigError";
  readonly code = "ERR_DOCKER_CONFIG";
}

/** An argument cannot be sent as it is; nothing was sent. */
export class ArgumentError extends DockerError {
  override readonly name = "ArgumentError";
  readonly code = "ERR_DOCKER_ARGUMENT";
}

/** The Engine speaks a version that lacks an option, and would ignore it; nothing was sent. */
export class UnsupportedError extends DockerError {
  override readonly name = "UnsupportedError";
  readonly code = "ERR_DOCKER_UNSUPPORTED";
}
