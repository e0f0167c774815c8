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
 * The failure of a copy that had begun, with what it left behind added to its message. An Engine's refusal stays as it is:
 * it comes before anything is copied.
 */
export function halfCopy(error: unknown, left: string): unknown {
  if (!isDockerError(error) || isEngineError(error)) return error;
  const Kind = KINDS.find((kind) => error instanceof kind) ?? StreamError;
  return new Kind(`${error.message.replace(/\.$/, "")}. ${left}`, { cause: error.cause ?? error });
}
