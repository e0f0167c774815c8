import { checkOptions, type Rules, rule } from "../../arguments.js";
import type { Api } from "../../operation/index.js";
import type { MockedAnswer } from "../mocked-answer.js";
import { writeAnswer } from "../mocked-answer.js";
import { type MockedCall, methodOf, readCall } from "../mocked-call.js";
import type { MockedArguments, MockedName } from "../mocked-operations.js";
import type { MockTiming } from "../mocked-reply.js";
import { brokenConnection, Mocks, pause, type Reply } from "../mocks.js";
import { Query } from "./calls/call.js";
import { Engine } from "./engine.js";
import type { FakeImage } from "./images.js";
import { fakeOperations } from "./operations.js";
import { Refusal, unknownToFake } from "./refusal.js";
import { type Route, Router } from "./router.js";
import { type FakeProcesses, Scripts } from "./scripts.js";
import { type RunningServer, serve } from "./server.js";
import type { WireAnswer, WireRequest } from "./wire.js";

/** Options of `startFakeEngine`. */
export interface FakeEngineOptions {
  /** Its images; none by default. */
  readonly images?: readonly FakeImage[] | undefined;
  /**
   * Processes of containers, by the name of the image; `"*"` is for all other images. Images that are not among `images`
   * can be pulled.
   */
  readonly processes?: Readonly<Record<string, FakeProcesses>> | undefined;
}

const RULES: Rules<FakeEngineOptions> = {
  images: { must: "an array of images of the form { name }", check: Array.isArray },
  processes: rule.checkedLater,
};

/** Result of {@link FakeEngine.on}: sets the answer. */
export interface FakedReply<Name extends MockedName> extends Reply<Name, FakeEngine> {
  /** Has the fake Engine answer by itself, after the given number of milliseconds. @param options `times`: how many calls, 1 by default */
  delay(milliseconds: number, options?: Pick<MockTiming, "times">): FakeEngine;
}

/** A running fake Engine, started by `startFakeEngine`; close it when done. */
export class FakeEngine implements AsyncDisposable {
  /** Its address, for `new Docker({ host })`. */
  readonly host: string;
  readonly #server: RunningServer;
  readonly #state: FakeState;

  /** @internal */
  private constructor(server: RunningServer, state: FakeState) {
    this.host = server.host;
    this.#server = server;
    this.#state = state;
  }

  /** @internal */
  static async start(api: Api, options: FakeEngineOptions = {}): Promise<FakeEngine> {
    const { images = [], processes = {} } = checkOptions(options, RULES, { where: "startFakeEngine" });
    const engine = new Engine(api, new Scripts(processes));
    await engine.images.begin(images);
    const state = new FakeState(api, engine);
    return new FakeEngine(await serve(state), state);
  }

  /** All calls so far, in order. */
  get calls(): readonly MockedCall[] {
    return this.#state.mocks.calls;
  }

  /**
   * Changes the answer to a call, like `on` of a mocked engine: a failure, a broken connection, a delay, or an answer
   * that the fake Engine cannot give. Each answer is used once by default; then the fake Engine answers by itself again.
   *
   * @param name method of Docker, such as "containerStart"
   * @param args path parameters, options and `body` that the call must have, by name; anything omitted matches
   * @throws {ArgumentError} no such operation, or it has no such parameter
   * @example
   * fake.on("containerStart").reply(500, { message: "no space left on device" });
   * fake.on("containerInspect", { id: "web" }).fail(); // breaks the connection
   * fake.on("imageCreate").delay(500);
   */
  on<Name extends MockedName>(
    name: Name,
    args: MockedArguments<Name> = {} as MockedArguments<Name>,
  ): FakedReply<Name> {
    const { mocks } = this.#state;
    return {
      ...mocks.on(name, args, this as FakeEngine),
      delay: (delay, options) => {
        mocks.delay(name, args, delay, options);
        return this;
      },
    };
  }

  /** Ends all containers, closes all connections and removes the socket. */
  async close(): Promise<void> {
    this.#state.close();
    await this.#server.close();
  }

  /** Closes the Engine, at the end of an `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Mocks, and the Engine behind them. */
class FakeState {
  readonly mocks: Mocks;
  readonly #api: Api;
  readonly #engine: Engine;
  readonly #router: Router;
  readonly #closed = new AbortController();

  constructor(api: Api, engine: Engine) {
    this.#api = api;
    this.#engine = engine;
    this.#router = new Router(api);
    this.mocks = new Mocks(api, "startFakeEngine");
  }

  async answer(request: WireRequest, ended: AbortSignal): Promise<WireAnswer> {
    const answer = await this.#answer(request, ended).catch((error: Error & { code?: unknown }) => {
      if (error instanceof Refusal) return failure(error);
      if (error.code === brokenConnection().code || ended.aborted) throw error;
      return failure(
        new Refusal(500, `The fake Engine, or a mock or process of its, failed: ${error.message}`),
      );
    });
    const { apiVersion } = this.#api;
    const own = { "Api-Version": apiVersion, Ostype: "linux", Server: `FakeEngine/${apiVersion}` };
    return { ...answer, headers: { ...own, ...answer.headers } };
  }

  close(): void {
    this.mocks.clear();
    this.#closed.abort();
    this.#engine.close();
  }

  async #answer(request: WireRequest, ended: AbortSignal): Promise<WireAnswer> {
    const route = this.#router.find(request.method, request.url);
    const call = readCall({ ...request, operation: route.operation.id });
    this.mocks.calls.push(call);
    const mock = this.mocks.take(call);
    if (mock) {
      await pause(mock.delay, AbortSignal.any([ended, this.#closed.signal]));
      const answer = await this.mocks.write(mock, call);
      if (answer) return answer;
    }
    return this.#perform(route, call, request, ended);
  }

  async #perform(
    { operation, target }: Route,
    { body, query }: MockedCall,
    { upgrades }: WireRequest,
    ended: AbortSignal,
  ): Promise<MockedAnswer> {
    const name = methodOf(operation.id);
    const fake = fakeOperations[operation.id];
    if (!fake) throw unknownToFake(name, `The fake Engine does not know ${operation.id}`);
    const options = new Query(name, query, fake.options ?? []);
    const call = { target, query: options, body, upgrade: upgrades, ended };
    const answer = await fake.answer(call, this.#engine);
    return writeAnswer(operation, answer.status, answer.body, answer);
  }
}

const failure = ({ status, message }: Refusal): WireAnswer => {
  const body = Buffer.from(JSON.stringify({ message }));
  const headers = { "Content-Type": "application/json", "Content-Length": String(body.length) };
  return { status, headers, pieces: [body] };
};
