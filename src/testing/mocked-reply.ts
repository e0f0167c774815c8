import type { Operation } from "#generated/operations.js";
import { checkOptions, headerProblem, isDuration, LONGEST_MS, type Rules, rule } from "../arguments.js";
import { ArgumentError } from "../errors.js";
import { readMembers } from "../members.js";
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

/** When a mock answers, and how often. */
export type MockTiming = Pick<MockedAnswerOptions, "delay" | "times">;

const TIMING_RULES: Rules<MockTiming> = {
  delay: {
    must: `a number of milliseconds, ${LONGEST_MS} at most`,
    check: (value) => value === 0 || isDuration(value),
  },
  times: {
    must: "a positive integer or Infinity",
    check: (value) => value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && Number(value) > 0),
  },
};
const ANSWER_RULES: Rules<MockedAnswerOptions> = { ...TIMING_RULES, headers: rule.object };

/** @throws {ArgumentError} an option is unknown or wrong */
export const checkTiming = (where: string, options: MockTiming | undefined): MockTiming =>
  checkOptions(options, TIMING_RULES, { where });

/** @throws {ArgumentError} an option is unknown or wrong */
export const checkAnswerOptions = (
  where: string,
  options: MockedAnswerOptions | undefined,
): MockedAnswerOptions => {
  const checked = checkOptions(options, ANSWER_RULES, { where });
  if (checked.headers === undefined) return checked;
  const headers = readMembers(checked.headers, [], (problem) => {
    throw new ArgumentError(`${where}: the option headers ${problem}`);
  });
  for (const [name, value] of Object.entries(headers)) {
    const problem = headerProblem(name, value);
    if (problem !== undefined) throw new ArgumentError(`${where}: a header ${problem}`);
  }
  return { ...checked, headers: headers as Readonly<Record<string, string>> };
};
