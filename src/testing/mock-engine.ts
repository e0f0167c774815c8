import { type Operation, type OperationId, operations } from "../../generated/operations.js";
import { ArgumentError } from "../errors.js";
import type { DockerOptions } from "../options.js";
import { serve } from "./mock-server.js";
import { type MockedAnswer, writeAnswer } from "./mocked-answer.js";
import { ExpectedCall, isPathOf, type SeenRequest } from "./mocked-call.js";
import type { MockedArguments, MockedBody, MockedName, MockedStatus } from "./mocked-operations.js";

/** What may be set of a mocked answer. */
export interface MockedAnswerOptions {
  /** Headers to add. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds before the answer; none by default. */
  readonly delay?: number | undefined;
  /** How many calls it answers; 1 by default, Infinity for any number, none included. */
  readonly times?: number | undefined;
}

/** A call that a {@link MockEngine} has seen. */
export interface MockedCall extends SeenRequest {
  /** The method of Docker that was called, if an operation has that path. */
  readonly operation: string | undefined;
}

/** What {@link MockEngine.on} gives: says what the call gets. */
export interface MockedReply<Name extends MockedName> {
  /** Answers with a declared status and its body: of a stream all its records, of logs their pieces, of a tar its bytes. */
  reply<Status extends MockedStatus<Name>>(
    status: Status,
    ...rest: undefined extends MockedBody<Name, Status>
      ? [body?: MockedBody<Name, Status>, options?: MockedAnswerOptions]
      : [body: MockedBody<Name, Status>, options?: MockedAnswerOptions]
  ): MockEngine;
  /** Breaks the connection instead of answering; the call gives a ConnectionError. */
  fail(options?: Pick<MockedAnswerOptions, "delay" | "times">): MockEngine;
}

interface Mock {
  readonly expected: ExpectedCall;
  readonly answer: () => Promise<MockedAnswer>;
  readonly times: number;
  used: number;
}

/**
 * An Engine of mocked answers, for unit tests: operations by name, their parameters, statuses and bodies checked by the
 * compiler. Real HTTP is spoken, but over memory: nothing leaves the process, and nothing in it is patched.
 *
 * @returns the engine; its `options` go to `new Docker(options)`
 * @example
 * const engine = mockEngine();
 * engine.on("containerInspect", { id: "web" }).reply(404, { message: "No such container: web" });
 * const docker = new Docker(engine.options);
 * expect(await docker.containerInspect("web")).toMatchObject({ ok: false, status: 404 });
 * engine.done();
 */
export function mockEngine(): MockEngine {
  return new MockEngine();
}

/** Made by {@link mockEngine}. */
export class MockEngine {
  /** For `new Docker(options)`: the way to this engine, and nothing of this machine's configuration. */
  readonly options: DockerOptions;
  /** All calls seen, in order, those that no mock answered included. */
  readonly calls: readonly MockedCall[] = [];
  readonly #mocks: Mock[] = [];
  readonly #unexpected: string[] = [];
  readonly #server = serve((request) => this.#answer(request));

  constructor() {
    this.options = { connect: () => this.#server.connect(), env: { DOCKER_CONFIG: "/nonexistent" } };
  }

  /**
   * Expects a call. Mocks are tried in the order they were made; each answers once, unless told otherwise.
   *
   * @param name method of Docker, such as "imageGet"
   * @param args path parameters, options and `body` that the call must have, by name; what is left out may be anything
   * @throws {ArgumentError} there is no such operation, or it has no such parameter
   */
  on<Name extends MockedName>(
    name: Name,
    args: MockedArguments<Name> = {} as MockedArguments<Name>,
  ): MockedReply<Name> {
    const operation = operationOf(name);
    const expected = new ExpectedCall(operation, args as Readonly<Record<string, unknown>>);
    const add = (answer: () => Promise<MockedAnswer>, times = 1): this => {
      this.#mocks.push({ expected, answer, times, used: 0 });
      return this;
    };
    return {
      reply: (status, ...[body, options = {}]) => {
        const answer = writeAnswer(operation, status, body);
        return add(async () => {
          await pause(options.delay);
          return { ...answer, headers: { ...answer.headers, ...options.headers } };
        }, options.times);
      },
      fail: ({ delay, times } = {}) =>
        add(async () => {
          await pause(delay);
          throw new Error("a mocked failure");
        }, times),
    };
  }

  /**
   * Checks that every mock was used and that nothing else was called, then forgets all of them.
   *
   * @throws {Error} a list of what was not called and what was not expected
   */
  done(): void {
    const unused = this.#mocks.filter(({ times, used }) => times !== Infinity && used < times);
    const problems = [
      ...unused.map(({ expected, times, used }) => `not called (${used} of ${times}): ${expected}`),
      ...this.#unexpected.map((call) => `not expected: ${call}`),
    ];
    this.close();
    if (problems.length > 0) throw new Error(`mockEngine:\n  ${problems.join("\n  ")}`);
  }

  /** Stops answering, without checking anything. */
  close(): void {
    this.#mocks.length = 0;
    this.#unexpected.length = 0;
    this.#server.close();
  }

  async #answer(request: SeenRequest): Promise<MockedAnswer> {
    const known = Object.values(operations).find(
      (operation: Operation) => operation.method === request.method && isPathOf(operation, request.path),
    );
    const operation = known && methodOf(known.id);
    (this.calls as MockedCall[]).push({ ...request, operation });
    const open = this.#mocks.filter(({ times, used }) => used < times);
    const mock = open.find(({ expected }) => expected.differences(request).length === 0);
    if (mock) {
      mock.used += 1;
      return mock.answer();
    }
    const query = decodeURIComponent(request.query.toString());
    const called = `${request.method} ${request.path}${query ? `?${query}` : ""}${operation ? ` (${operation})` : ""}`;
    const near = open.filter(({ expected }) => expected.operation.id === known?.id);
    const differing = near.map(({ expected }) => `${expected}: ${expected.differences(request).join("; ")}`);
    const why = differing.length > 0 ? differing.join(" | ") : "no mock is left for it";
    this.#unexpected.push(`${called}: ${why}`);
    const message = `mockEngine did not expect ${called}: ${why}`;
    return {
      status: 501,
      headers: { "Content-Type": "application/json" },
      body: [Buffer.from(JSON.stringify({ message }))],
    };
  }
}

const methodOf = (id: string): string => id.charAt(0).toLowerCase() + id.slice(1);

function operationOf(name: string): Operation {
  const id = name.charAt(0).toUpperCase() + name.slice(1);
  if (!(id in operations) || methodOf(id) !== name) {
    throw new ArgumentError(`mockEngine: there is no operation ${JSON.stringify(name)}`);
  }
  return operations[id as OperationId];
}

async function pause(delay: number | undefined): Promise<void> {
  if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
}
