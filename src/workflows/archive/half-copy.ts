import {
  AbortedError,
  ArgumentError,
  ConnectionError,
  isDockerError,
  isEngineError,
  StreamError,
  TimeoutError,
} from "../../errors.js";

const KINDS = [AbortedError, ArgumentError, ConnectionError, TimeoutError];

/**
 * Adds a note on what was left behind to the error of a copy that had begun. An EngineError is unchanged: it comes before
 * anything is copied.
 */
export function halfCopy(error: unknown, left: string): unknown {
  if (!isDockerError(error) || isEngineError(error)) return error;
  const Kind = KINDS.find((kind) => error instanceof kind) ?? StreamError;
  return new Kind(`${error.message.replace(/\.$/, "")}. ${left}`, { cause: error.cause ?? error });
}
