import type { Operation, ParameterEncoding } from "#generated/operations.js";
import { checkOptions, type Rules, rule } from "../arguments.js";
import { encodingFor, prepareRequest, type RawRequest } from "../operation/index.js";
import type { MockedAnswerOptions, MockTiming } from "./mocked-reply.js";

/** Everything a `docker.request` must have for a mock to answer. */
export interface MockedRequest extends Pick<RawRequest, "method" | "path" | "query"> {
  /** At least these members of a JSON body, bytes, or a function that decides whether a body matches. */
  readonly body?: unknown;
}

/** Result of `onRequest`: sets the answer. */
export interface RequestReply<Engine> {
  /**
   * Answers with a status and a body: text and bytes as they are, an iterator or stream as its pieces, anything else as JSON.
   * For 101, an upgrade, pass pieces of output. A function receives the call and returns the body.
   *
   * @throws {ArgumentError} such an answer is impossible, or a stream would have to serve several calls
   */
  reply(status: number, body?: unknown, options?: MockedAnswerOptions): Engine;
  /** Breaks the connection instead of answering: the call fails with a ConnectionError. */
  fail(options?: MockTiming): Engine;
}

/** A request that a mock expects, in the form of an operation. */
export interface ExpectedRequest {
  readonly operation: Operation;
  /** The query and the body, by name. */
  readonly args: Readonly<Record<string, unknown>>;
}

const RULES: Rules<MockedRequest> = {
  method: rule.checkedLater,
  path: rule.checkedLater,
  query: rule.checkedLater,
  body: rule.checkedLater,
};

/** @throws {ArgumentError} such a request is impossible */
export function expectedRequest(request: MockedRequest): ExpectedRequest {
  const { body, ...rest } = checkOptions(request, RULES, { where: "onRequest" });
  const { operation } = prepareRequest(rest);
  const { query = {} } = rest;
  const encodings = Object.entries(query).map(([name, value]): [string, ParameterEncoding] => [
    name,
    encodingFor(name, value),
  ]);
  const isJson = body !== undefined && typeof body !== "function" && !(body instanceof Uint8Array);
  return {
    operation: {
      ...operation,
      query: Object.fromEntries(encodings),
      ...(isJson ? { body: "application/json" } : {}),
    },
    args: { ...query, body },
  };
}
