import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Api } from "../operation/index.js";
import type { DockerOptions } from "../options.js";
import { type Answer, connectTo, type InProcessRequest } from "../transport/index.js";
import { type MockedAnswer, send } from "./mocked-answer.js";
import { type MockedCall, readCall } from "./mocked-call.js";
import type { MockedArguments, MockedName } from "./mocked-operations.js";
import type { MockedRequest, RequestReply } from "./mocked-request.js";
import { brokenConnection, Mocks, pause, type Reply } from "./mocks.js";

/** Result of {@link MockEngine.on}: sets the answer. */
export type MockedReply<Name extends MockedName> = Reply<Name, MockEngine>;

let configFolders = 0;

/** A separate folder, which `docker.login` would create, so that no mock finds or changes a stored login. */
export function emptyConfigFolder(): string {
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
  readonly #mocks: Mocks;
  /** One for each call in progress, until the end of its answer's body. */
  readonly #open = new Set<AbortController>();
  readonly #api: Api;

  /** @internal */
  constructor(api: Api) {
    this.#api = api;
    this.#mocks = new Mocks(api, "mockEngine");
  }

  /** All calls so far, in order, including those that no mock answered. */
  get calls(): readonly MockedCall[] {
    return this.#mocks.calls;
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
    return this.#mocks.on(name, args, this as MockEngine);
  }

  /**
   * Expects a `docker.request`, whose method is "GET" by default. Such a mock answers no operation, and an operation's
   * mock answers no request.
   *
   * @param request method, path without version, and required parts of its query and body; anything omitted matches
   * @throws {ArgumentError} such a request is impossible
   * @example
   * engine.onRequest({ path: "/libpod/pods/json" }).reply(200, [{ Name: "pod" }]);
   */
  onRequest(request: MockedRequest): RequestReply<MockEngine> {
    return this.#mocks.onRequest(request, this as MockEngine);
  }

  /**
   * Checks that every mock was used and nothing else was called, then forgets all mocks.
   *
   * @throws {Error} lists the mocks that were not called and the calls that were not expected
   */
  done(): void {
    const problems = this.#mocks.problems();
    this.close();
    if (problems.length > 0) throw new Error(`mockEngine:\n  ${problems.join("\n  ")}`);
  }

  /** Forgets all mocks and breaks the connections of running calls and streams; checks nothing. */
  close(): void {
    this.#mocks.clear();
    for (const connection of this.#open) connection.abort();
  }

  async #answer(request: InProcessRequest, ended: AbortSignal): Promise<Answer> {
    const call = readCall(request);
    const mock = this.#mocks.take(call);
    // The SDK itself asks for the Engine's version and builder; that is not a call of the code under test.
    if (!mock && isPing(request)) return this.#send({ status: 200, headers: CLASSIC, pieces: [] });
    this.#mocks.calls.push(call);
    if (!mock) return this.#send(refusal(this.#mocks.refuse(call)));
    const connection = new AbortController();
    this.#open.add(connection);
    try {
      await pause(mock.delay, AbortSignal.any([ended, connection.signal]));
      const answer = this.#send((await this.#mocks.write(mock, call)) as MockedAnswer);
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
}

/** The answer to a call without a mock. */
const refusal = (message: string): MockedAnswer => ({
  status: 501,
  headers: { "Content-Type": "application/json" },
  pieces: [Buffer.from(JSON.stringify({ message }))],
});

export const isPing = ({ method, url }: Pick<InProcessRequest, "method" | "url">): boolean =>
  method === "HEAD" && /^(?:\/v[\d.]+)?\/_ping$/.test(url);

/** Has `docker.build` use the classic builder: a mock has no session, which BuildKit needs. */
const CLASSIC = { "Builder-Version": "1" };
