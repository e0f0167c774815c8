import type { Operation } from "#generated/operations.js";
import { isDuration, LONGEST_MS } from "../arguments.js";
import { ArgumentError } from "../errors.js";
import { isReadOnce, type MockedAnswer, writeAnswer } from "./mocked-answer.js";
import { type MockedCall, methodOf } from "./mocked-call.js";

/** Options of `reply`. */
export interface MockedAnswerOptions {
  /** Headers to add. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Delay before the answer in milliseconds; none by default. */
  readonly delay?: number | undefined;
  /** Number of calls to answer: 1 by default; Infinity for any number, including none. */
  readonly times?: number | undefined;
}

/** Encodes the body once, or for each call if it is a function. */
export function replier(
  operation: Operation,
  status: number,
  body: unknown,
  { headers = {}, times = 1 }: MockedAnswerOptions,
): (call: MockedCall) => Promise<MockedAnswer> {
  const name = methodOf(operation.id);
  const write = (value: unknown): MockedAnswer => {
    const answer = writeAnswer(operation, status, value);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  };
  if (typeof body === "function") {
    return async (call) => {
      try {
        return write(await body(call));
      } catch (cause) {
        if (cause instanceof ArgumentError) throw cause;
        throw new ArgumentError(`${name}: the mock's function failed: ${(cause as Error).message}`, {
          cause,
        });
      }
    };
  }
  if (times > 1 && isReadOnce(body)) {
    throw new ArgumentError(
      `${name}: a stream can answer only one call; pass bytes, or a function that creates a stream for each call`,
    );
  }
  const answer = write(body);
  return async () => answer;
}

/** @throws {ArgumentError} a delay or a number of calls that cannot be */
export function checkReplyOptions(name: string, delay: number, times: number): void {
  if (delay !== 0 && !isDuration(delay)) {
    throw new ArgumentError(
      `${name}: delay must be a number of milliseconds, ${LONGEST_MS} at most, not ${delay}`,
    );
  }
  if (times < 1 || (times !== Number.POSITIVE_INFINITY && !Number.isInteger(times))) {
    throw new ArgumentError(`${name}: times must be a positive integer or Infinity, not ${times}`);
  }
}
