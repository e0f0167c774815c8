import type { Readable } from "node:stream";
import type { Operation } from "#generated/operations.js";
import { ArgumentError } from "../errors.js";
import type { Api } from "../operation/index.js";
import { ExpectedCall, shownUrl } from "./expected-call.js";
import { type MockedAnswer, streamBehind } from "./mocked-answer.js";
import { type MockedCall, methodOf } from "./mocked-call.js";
import type { MockedArguments, MockedBody, MockedName, MockedStatus } from "./mocked-operations.js";
import {
  checkAnswerOptions,
  checkTiming,
  type MockedAnswerOptions,
  type MockTiming,
  replier,
} from "./mocked-reply.js";
import {
  type ExpectedRequest,
  expectedRequest,
  type MockedRequest,
  type RequestReply,
} from "./mocked-request.js";

/** Result of `on`: sets the answer. */
export interface Reply<Name extends MockedName, Engine> {
  /**
   * Answers with a status that the API declares, and its body. JSON may be partial. For logs, events and the like, pass
   * all pieces, or an async iterable that yields them over time and breaks the connection if it throws. For an export,
   * pass the bytes of a tar. A function receives the call and returns the body.
   *
   * @throws {ArgumentError} the operation cannot have such a body, or a stream would have to serve several calls
   */
  reply<Status extends MockedStatus<Name>>(
    status: Status,
    ...rest: undefined extends MockedBody<Name, Status>
      ? [body?: BodyOrFunction<MockedBody<Name, Status>>, options?: MockedAnswerOptions]
      : [body: BodyOrFunction<MockedBody<Name, Status>>, options?: MockedAnswerOptions]
  ): Engine;
  /** Breaks the connection instead of answering: the call fails with a ConnectionError. */
  fail(options?: MockTiming): Engine;
}

type BodyOrFunction<Body> = Body | ((call: MockedCall) => Body | Promise<Body>);

/** An expected call, and how it is answered. */
export interface Mock {
  readonly expected: ExpectedCall;
  /** Undefined leaves the answer to the engine behind the mocks, if it has one. */
  readonly answer: (call: MockedCall) => Promise<MockedAnswer | undefined>;
  readonly delay: number;
  readonly times: number;
  /** The stream behind the body, if it must be closed. */
  readonly source: Readable | undefined;
  used: number;
}

/** Mocked answers, in order, and the calls so far. */
export class Mocks {
  readonly calls: MockedCall[] = [];
  readonly #api: Api;
  /** The function of the kit that made the engine, for messages. */
  readonly #kit: string;
  readonly #mocks: Mock[] = [];
  readonly #problems: string[] = [];

  constructor(api: Api, kit: string) {
    this.#api = api;
    this.#kit = kit;
  }

  /** Expects a call. @throws {ArgumentError} no such operation, or it has no such parameter */
  on<Name extends MockedName, Engine>(
    name: Name,
    args: MockedArguments<Name>,
    engine: Engine,
  ): Reply<Name, Engine> {
    const operation = this.#operationOf(name);
    return this.#expect({ operation, args: args as Readonly<Record<string, unknown>> }, engine);
  }

  /** Expects a `docker.request`. @throws {ArgumentError} such a request is impossible */
  onRequest<Engine>(request: MockedRequest, engine: Engine): RequestReply<Engine> {
    return this.#expect(expectedRequest(request), engine);
  }

  #expect<Engine>({ args, operation }: ExpectedRequest, engine: Engine): RequestReply<Engine> {
    const expected = new ExpectedCall(operation, args);
    const name = methodOf(operation.id);
    const add = (answer: Mock["answer"], { delay = 0, times = 1 }: MockTiming, body?: unknown): Engine => {
      this.#mocks.push({ expected, answer, delay, times, source: streamBehind(body), used: 0 });
      return engine;
    };
    return {
      reply: (status, body, options) => {
        const checked = checkAnswerOptions(`${name}: reply`, options);
        return add(replier(operation, status, body, checked), checked, body);
      },
      fail: (options) => add(() => Promise.reject(brokenConnection()), checkTiming(`${name}: fail`, options)),
    };
  }

  /** Has a call answered late by the engine behind the mocks. */
  delay<Name extends MockedName>(
    name: Name,
    args: MockedArguments<Name>,
    milliseconds: number,
    options: Pick<MockTiming, "times"> | undefined,
  ): void {
    const where = `${name}: delay`;
    const { delay = 0 } = checkTiming(where, { delay: milliseconds });
    const { times = 1 } = checkTiming(where, options);
    const expected = new ExpectedCall(this.#operationOf(name), args as Readonly<Record<string, unknown>>);
    const answer = async (): Promise<undefined> => undefined;
    this.#mocks.push({ expected, answer, delay, times, source: undefined, used: 0 });
  }

  /** The mock that answers a call, now used once more. */
  take(call: MockedCall): Mock | undefined {
    const mock = this.#mocks.find(
      ({ expected, times, used }) => used < times && expected.differences(call).length === 0,
    );
    if (mock) mock.used += 1;
    return mock;
  }

  /** Encodes a mock's answer. `done` also reports what cannot be encoded. */
  async write({ answer }: Mock, call: MockedCall): Promise<MockedAnswer | undefined> {
    try {
      return await answer(call);
    } catch (error) {
      if (error instanceof ArgumentError) this.#problems.push(error.message);
      throw error;
    }
  }

  /** Notes a call that nothing answers. Returns a message that says why, as `done` will. */
  refuse(call: MockedCall): string {
    const near = this.#mocks.filter(
      ({ expected, times, used }) => used < times && methodOf(expected.operation.id) === call.operation,
    );
    const differing = near.map(({ expected }) => expected.differences(call).join("; "));
    const why = differing.length > 0 ? differing.join(" | ") : "no mock is left for it";
    const called = `${call.method} ${shownUrl(call.path, call.query)} (${call.operation})`;
    this.#problems.push(`not expected: ${called}: ${why}`);
    return `${this.#kit} did not expect ${called}: ${why}`;
  }

  /** The report of `done`: mocks that were not called, and calls that were not expected. */
  problems(): string[] {
    const unused = this.#mocks.filter(
      ({ times, used }) => times !== Number.POSITIVE_INFINITY && used < times,
    );
    return [
      ...unused.map(({ expected, times, used }) => `not called (${used} of ${times}): ${expected}`),
      ...this.#problems,
    ];
  }

  /** Forgets all mocks and problems. */
  clear(): void {
    for (const { source } of this.#mocks) source?.destroy();
    this.#mocks.length = 0;
    this.#problems.length = 0;
  }

  #operationOf(name: string): Operation {
    const { operations } = this.#api;
    const id = name.charAt(0).toUpperCase() + name.slice(1);
    if (!Object.hasOwn(operations, id) || methodOf(id) !== name) {
      const meant = Object.keys(operations).find((known) => wordsOf(known) === wordsOf(id));
      const advice = meant === undefined ? "" : `; write ${JSON.stringify(methodOf(meant))}`;
      throw new ArgumentError(`${this.#kit}: there is no operation ${JSON.stringify(name)}${advice}`);
    }
    return operations[id] as Operation;
  }
}

/** The words of a name, in any order: dockerode's users write inspectContainer for containerInspect. */
const wordsOf = (name: string): string =>
  name
    .split(/(?=[A-Z])/)
    .map((word) => word.toLowerCase().replace(/s$/, ""))
    .sort()
    .join(" ");

export const brokenConnection = (): Error & { readonly code: string } =>
  Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

/** Waits for a delay, or until a signal fires. */
export function pause(delay: number, end: AbortSignal): Promise<void> {
  if (delay === 0 || end.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(stop, delay);
    end.addEventListener("abort", stop, { once: true });
  });
}
