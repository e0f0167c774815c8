import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Operation } from "#generated/operations.js";
import { ArgumentError } from "../errors.js";
import type { Api } from "../operation/index.js";
import type { DockerOptions } from "../options.js";
import { type Answer, connectTo, type InProcessRequest } from "../transport/index.js";
import { ExpectedCall, shownUrl } from "./expected-call.js";
import { type MockedAnswer, send, streamBehind } from "./mocked-answer.js";
import { type MockedCall, methodOf, readCall } from "./mocked-call.js";
import type { MockedArguments, MockedBody, MockedName, MockedStatus } from "./mocked-operations.js";
import { checkReplyOptions, type MockedAnswerOptions, replier } from "./mocked-reply.js";

/** Result of {@link MockEngine.on}: sets the answer. */
export interface MockedReply<Name extends MockedName> {
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
  ): MockEngine;
  /** Breaks the connection instead of answering: the call fails with a ConnectionError. */
  fail(options?: Pick<MockedAnswerOptions, "delay" | "times">): MockEngine;
}

type BodyOrFunction<Body> = Body | ((call: MockedCall) => Body | Promise<Body>);

interface Mock {
  readonly expected: ExpectedCall;
  readonly answer: (call: MockedCall) => Promise<MockedAnswer>;
  readonly delay: number;
  readonly times: number;
  /** The stream behind the body, if it must be closed. */
  readonly source: Readable | undefined;
  used: number;
}

let configFolders = 0;

/** A folder of its own, which `docker.login` would create: no mock finds a login that is stored, or changes one. */
function emptyConfigFolder(): string {
  configFolders += 1;
  return join(tmpdir(), `docker-engine-sdk-mock-${process.pid}-${performance.timeOrigin}-${configFolders}`);
}

/** Created by `mockEngine`. */
export class MockEngine {
  /** For `new Docker(options)`: selects this engine, whatever the local configuration. */
  readonly options: DockerOptions = {
    connect: connectTo({ answer: (request, ended) => this.#answer(request, ended) }),
    env: { DOCKER_CONFIG: emptyConfigFolder() },
  };
  /** All calls so far, in order, including those that no mock answered. */
  readonly calls: readonly MockedCall[] = [];
  readonly #mocks: Mock[] = [];
  readonly #problems: string[] = [];
  /** One for each call in progress, until the end of its answer's body. */
  readonly #open = new Set<AbortController>();
  readonly #api: Api;

  /** @internal */
  constructor(api: Api) {
    this.#api = api;
  }

  /**
   * Expects a call. Mocks are tried in the order of creation; each answers once by default.
   *
   * @param name method of Docker, such as "imageGet"
   * @param args path parameters, options and `body` that the call must have, by name; anything omitted matches. A JSON
   *   body must have at least the given members; a function decides whether a body matches
   * @throws {ArgumentError} no such operation, or it has no such parameter
   * @example
   * engine.on("containerCreate", { body: { Image: "alpine" } }).reply(201, { Id: "1" });
   * engine.on("imageLoad", { body: (tar) => tar.length > 0 }).reply(200, []);
   */
  on<Name extends MockedName>(
    name: Name,
    args: MockedArguments<Name> = {} as MockedArguments<Name>,
  ): MockedReply<Name> {
    const operation = operationOf(this.#api, name);
    const expected = new ExpectedCall(operation, args as Readonly<Record<string, unknown>>);
    const add = (
      answer: Mock["answer"],
      { delay = 0, times = 1 }: MockedAnswerOptions,
      body?: unknown,
    ): this => {
      checkReplyOptions(name, delay, times);
      this.#mocks.push({ expected, answer, delay, times, source: streamBehind(body), used: 0 });
      return this;
    };
    return {
      reply: (status, ...[body, options = {}]) =>
        add(replier(operation, status, body, options), options, body),
      fail: (options = {}) => add(() => Promise.reject(brokenConnection()), options),
    };
  }

  /**
   * Checks that every mock was used and nothing else was called, then forgets all mocks.
   *
   * @throws {Error} lists the mocks that were not called and the calls that were not expected
   */
  done(): void {
    const unused = this.#mocks.filter(
      ({ times, used }) => times !== Number.POSITIVE_INFINITY && used < times,
    );
    const problems = [
      ...unused.map(({ expected, times, used }) => `not called (${used} of ${times}): ${expected}`),
      ...this.#problems,
    ];
    this.close();
    if (problems.length > 0) throw new Error(`mockEngine:\n  ${problems.join("\n  ")}`);
  }

  /** Forgets all mocks and breaks the connections of running calls and streams; checks nothing. */
  close(): void {
    for (const { source } of this.#mocks) source?.destroy();
    this.#mocks.length = 0;
    this.#problems.length = 0;
    for (const connection of this.#open) connection.abort();
  }

  async #answer(request: InProcessRequest, ended: AbortSignal): Promise<Answer> {
    const call = readCall(request);
    const mock = this.#mocks.find(
      ({ expected, times, used }) => used < times && expected.differences(call).length === 0,
    );
    // The SDK itself asks for the Engine's version and builder; that is not a call of the code under test.
    if (!mock && isPing(request)) return this.#send({ status: 200, headers: CLASSIC, pieces: [] });
    (this.calls as MockedCall[]).push(call);
    if (!mock) return this.#send(this.#refuse(call));
    mock.used += 1;
    const connection = new AbortController();
    this.#open.add(connection);
    try {
      await pause(mock.delay, AbortSignal.any([ended, connection.signal]));
      const answer = this.#send(await this.#write(mock, call));
      connection.signal.addEventListener("abort", () => answer.body.destroy(brokenConnection()));
      if (connection.signal.aborted) throw brokenConnection();
      answer.body.once("close", () => this.#open.delete(connection));
      return answer;
    } catch (error) {
      this.#open.delete(connection);
      throw error;
    }
  }

  #send(answer: MockedAnswer): Answer {
    return send(answer, this.#api.apiVersion);
  }

  async #write({ answer }: Mock, call: MockedCall): Promise<MockedAnswer> {
    try {
      return await answer(call);
    } catch (error) {
      if (error instanceof ArgumentError) this.#problems.push(error.message);
      throw error;
    }
  }

  /** The answer to a call without a mock. It says why, and so does done(). */
  #refuse(call: MockedCall): MockedAnswer {
    const near = this.#mocks.filter(
      ({ expected, times, used }) => used < times && methodOf(expected.operation.id) === call.operation,
    );
    const differing = near.map(({ expected }) => expected.differences(call).join("; "));
    const why = differing.length > 0 ? differing.join(" | ") : "no mock is left for it";
    const called = `${call.method} ${shownUrl(call.path, call.query)} (${call.operation})`;
    this.#problems.push(`not expected: ${called}: ${why}`);
    const message = `mockEngine did not expect ${called}: ${why}`;
    return {
      status: 501,
      headers: { "Content-Type": "application/json" },
      pieces: [Buffer.from(JSON.stringify({ message }))],
    };
  }
}

function operationOf({ operations }: Api, name: string): Operation {
  const id = name.charAt(0).toUpperCase() + name.slice(1);
  if (!Object.hasOwn(operations, id) || methodOf(id) !== name) {
    const method = methodOf(id);
    const advice = Object.hasOwn(operations, id) ? `; write ${JSON.stringify(method)}` : "";
    throw new ArgumentError(`mockEngine: there is no operation ${JSON.stringify(name)}${advice}`);
  }
  return operations[id] as Operation;
}

const isPing = ({ method, url }: InProcessRequest): boolean =>
  method === "HEAD" && /^(?:\/v[\d.]+)?\/_ping$/.test(url);

/** Has `docker.build` use the classic builder: a mock has no session, which BuildKit needs. */
const CLASSIC = { "Builder-Version": "1" };

const brokenConnection = (): Error => Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

/** Waits for a delay, or until a signal fires. */
function pause(delay: number, end: AbortSignal): Promise<void> {
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
