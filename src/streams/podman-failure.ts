import { StreamError } from "../errors.js";

/** A failure that Podman writes after it has answered 200: the whole body, or one record among others. */
interface PodmanFailure {
  readonly cause: string;
  readonly message: string;
  /** The status it would have had; 0 if none. */
  readonly response: number;
}

/**
 * Passes a value on unless it is one of Podman's failures; nothing else looks like them.
 *
 * @throws {StreamError} it is one
 */
export function refuseFailure<T>(value: T, operation: string): T {
  if (isPodmanFailure(value))
    throw new StreamError(`${operation} failed: ${value.message || value.cause || "(no message)"}`, {
      cause: value,
    });
  return value;
}

function isPodmanFailure(value: unknown): value is PodmanFailure {
  const failure = (value ?? {}) as Partial<Record<keyof PodmanFailure, unknown>>;
  return (
    typeof failure.response === "number" &&
    typeof failure.message === "string" &&
    typeof failure.cause === "string" &&
    Object.keys(failure).length === 3
  );
}
