import type { HealthcheckResult } from "#generated/schema.js";

const BRAND = Symbol.for("docker-engine-sdk.DockerError");

/**
 * Stable error codes, for code that cannot rely on classes (other realms, other copies of the package). `npm run errors`
 * writes docs/errors.md from the comments of the classes.
 */
export type DockerErrorCode =
  | "ERR_DOCKER_ENGINE"
  | "ERR_DOCKER_CONNECTION"
  | "ERR_DOCKER_TIMEOUT"
  | "ERR_DOCKER_ABORTED"
  | "ERR_DOCKER_STREAM"
  | "ERR_DOCKER_BUILD"
  | "ERR_DOCKER_HEALTH"
  | "ERR_DOCKER_READINESS"
  | "ERR_DOCKER_CONFIG"
  | "ERR_DOCKER_ARGUMENT"
  | "ERR_DOCKER_UNSUPPORTED";

/**
 * Base class of all errors of this package: EngineError, ConnectionError, TimeoutError, AbortedError, StreamError,
 * BuildError, HealthError, ReadinessError, ConfigError, ArgumentError and UnsupportedError. Any other error thrown is a bug in the package.
 */
export abstract class DockerError extends Error {
  /** The name of its class. */
  abstract override readonly name: string;
  /** Tells the classes apart, even where `instanceof` cannot: "ERR_DOCKER_ENGINE" and the like. */
  abstract readonly code: DockerErrorCode;

  /** On the prototype, so that printing an error does not show it. */
  get [BRAND](): true {
    return true;
  }
}

/** Whether a value is an error of this package, or of another copy of it. */
export function isDockerError(value: unknown): value is DockerError {
  return typeof value === "object" && value !== null && (value as { [BRAND]?: unknown })[BRAND] === true;
}

/** Details of the failed call in an {@link EngineError}. */
export interface EngineFailure {
  /** HTTP status of the answer. */
  readonly status: number;
  /** The operationId, such as "ContainerStart". */
  readonly operation: string;
  /** HTTP method. */
  readonly method: string;
  /** Path and query as sent, with secrets masked. */
  readonly url: string;
  /** The answer's body: parsed JSON, or up to 1 MiB of text if it is not JSON. */
  readonly body: unknown;
}

/**
 * The Engine refused the call.
 *
 * @remarks
 * Decide by `status`: the message is the Engine's own, and may change.
 *
 * @example
 * const result = await docker.containerInspect("web").result();
 * if (!result.ok && isEngineError(result.error, 404)) console.log("no such container");
 */
export class EngineError extends DockerError implements EngineFailure {
  override readonly name = "EngineError";
  readonly code = "ERR_DOCKER_ENGINE";
  readonly status: number;
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly body: unknown;

  /** `advice`, what to do about it, ends the message; `problem` begins it, in place of the operation and status. */
  constructor(failure: EngineFailure, advice?: string, problem?: string) {
    const begin = problem ?? `${failure.operation} failed with status ${failure.status}`;
    const said = `${begin}: ${engineMessage(failure.body)}`;
    super(advice === undefined ? said : `${said.replace(/\.?$/, ".")} ${advice}`);
    this.status = failure.status;
    this.operation = failure.operation;
    this.method = failure.method;
    this.url = failure.url;
    this.body = failure.body;
  }
}

/** Whether a value is an {@link EngineError}, with the given status, if any. */
export function isEngineError(value: unknown, status?: number): value is EngineError {
  if (!isDockerError(value) || value.code !== "ERR_DOCKER_ENGINE") return false;
  return status === undefined || (value as EngineError).status === status;
}

const EXCERPT = 300;

/** The Engine's message, or the beginning of whatever else the body is, such as a proxy's HTML. */
function engineMessage(body: unknown): string {
  const { error, errorDetail, message } = (body ?? {}) as Record<
    "error" | "errorDetail" | "message",
    unknown
  >;
  // Podman answers a failed pull, push or build with the record that a stream would have had.
  const detail = (errorDetail as { message?: unknown } | null | undefined)?.message;
  const told = [message, detail, error].find((text) => typeof text === "string" && text !== "");
  if (told !== undefined) return told as string;
  const text = typeof body === "string" ? body.trim() : body === undefined ? "" : showJson(body);
  if (!text) return "(no message)";
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text;
}

/** JSON.stringify rejects bigints, and overflows the stack on deep nesting. */
function showJson(body: unknown): string {
  try {
    return JSON.stringify(body, (_, value) => (typeof value === "bigint" ? `${value}` : value));
  } catch {
    return "(the body is nested too deeply to be shown)";
  }
}

/**
 * The Engine could not be reached, or closed the connection before it answered. `cause` is the system's error.
 *
 * @remarks
 * Do what the message says: start the Engine, correct its address, or get access to its socket. See docs/connecting.md.
 */
export class ConnectionError extends DockerError {
  override readonly name = "ConnectionError";
  readonly code = "ERR_DOCKER_CONNECTION";
}

/**
 * A `timeout` passed before the answer was complete, `connectTimeout` before a connection was made, or `idleTimeout` without
 * a byte.
 *
 * @remarks
 * Look at the Engine's load, or raise the limit. See docs/reliability.md.
 */
export class TimeoutError extends DockerError {
  override readonly name = "TimeoutError";
  readonly code = "ERR_DOCKER_TIMEOUT";
}

/**
 * The call's AbortSignal fired, and its reason is the `cause`; or the client was closed. `AbortSignal.timeout()` is a signal
 * like any other: for a TimeoutError use the option `timeout`.
 *
 * @remarks
 * Nothing: this is what you asked for. The Engine may still have done the work.
 */
export class AbortedError extends DockerError {
  override readonly name = "AbortedError";
  readonly code = "ERR_DOCKER_ABORTED";

  /** The error of a call whose signal has fired. */
  static of(signal: AbortSignal, operation: string): AbortedError {
    return new AbortedError(`${operation} was aborted`, { cause: signal.reason });
  }
}

/**
 * An answer failed after it had begun: the connection broke, a pull, push, load or `imageBuild` failed, a file could not be
 * written, or the data is invalid.
 *
 * @remarks
 * Start over: the data received is incomplete.
 */
export class StreamError extends DockerError {
  override readonly name: "StreamError" | "BuildError" = "StreamError";
  readonly code: "ERR_DOCKER_STREAM" | "ERR_DOCKER_BUILD" = "ERR_DOCKER_STREAM";
}

/** Which step of a build failed, and what it wrote. */
export interface BuildFailure {
  /** The step's name, such as "[2/3] RUN make"; undefined if the build failed outside its steps. */
  readonly step?: string | undefined;
  /** Exit code of the step's command; undefined if it failed otherwise. */
  readonly exitCode?: number | undefined;
  /** The last 64 KiB of the step's output. */
  readonly output?: string | undefined;
}

/**
 * A `build` failed: at a step, or because the Dockerfile or something it names is wrong. The message is the Engine's. It
 * is also a StreamError; a failed `imageBuild` throws a plain StreamError.
 *
 * @remarks
 * Read `output`, the end of the step's output, and correct the Dockerfile or what it names.
 *
 * @example
 * try {
 *   await docker.build("app");
 * } catch (error) {
 *   if (error instanceof BuildError) console.error(error.step, error.exitCode, error.output);
 * }
 */
export class BuildError extends StreamError implements BuildFailure {
  override readonly name = "BuildError";
  override readonly code = "ERR_DOCKER_BUILD";
  readonly step: string | undefined;
  readonly exitCode: number | undefined;
  readonly output: string;

  constructor(message: string, { step, exitCode, output = "" }: BuildFailure = {}, options?: ErrorOptions) {
    super(message, options);
    this.step = step;
    this.exitCode = exitCode;
    this.output = output;
  }
}

/** Why a container will not become healthy. */
export type HealthFailure =
  /** Its health check fails as often as its retries allow. */
  | "unhealthy"
  /** It exited. */
  | "exited"
  /** It was removed. */
  | "removed"
  /** It has no health check. */
  | "unchecked";

/**
 * A container will not become healthy. The message includes the outcome of its last check.
 *
 * @remarks
 * Decide by `failure`, and read the output of the last check in `log`.
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
  /** Why the container is not healthy. */
  readonly failure: HealthFailure;
  /** The last health checks, as far as the Engine remembers, oldest first. */
  readonly log: readonly HealthcheckResult[];

  constructor(message: string, failure: HealthFailure, log: readonly HealthcheckResult[]) {
    super(message);
    this.failure = failure;
    this.log = log;
  }
}

/**
 * The configuration cannot be used: an option of `new Docker`, a variable, a context, a certificate, config.json, or a
 * credential helper.
 *
 * @remarks
 * Correct what the message names. See docs/connecting.md and docs/logins.md.
 */
export class ConfigError extends DockerError {
  override readonly name = "ConfigError";
  readonly code = "ERR_DOCKER_CONFIG";
}

/**
 * An argument is invalid: an unknown option, a value of the wrong type, or a file or stream that cannot be read, whose error is
 * the `cause`. Nothing was sent, unless a stream failed midway.
 *
 * @remarks
 * Correct what the message names. For options in another client's words, it gives the line to write.
 */
export class ArgumentError extends DockerError {
  override readonly name = "ArgumentError";
  readonly code = "ERR_DOCKER_ARGUMENT";
}

/**
 * The Engine cannot do this: its API version lacks an option, or a build needs BuildKit and the Engine has none. Nothing was
 * sent, unless the Engine accepts any version and ignored the option.
 *
 * @remarks
 * Omit the option, or update the Engine. See docs/versions.md.
 */
export class UnsupportedError extends DockerError {
  override readonly name = "UnsupportedError";
  readonly code = "ERR_DOCKER_UNSUPPORTED";
}
