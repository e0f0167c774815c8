import { Readable } from "node:stream";
import { checkOptions, type Rules, rule } from "../arguments.js";
import type { DockerOptions } from "../options.js";
import { type Answer, connectTo, type InProcessRequest } from "../transport/index.js";
import { shownUrl } from "./expected-call.js";
import { emptyConfigFolder, isPing } from "./mock-engine.js";
import type { MockedCall } from "./mocked-call.js";
import { brokenConnection, pause } from "./mocks.js";
import { type Exchange, type ReplayedEvent, readRecording, responseOf } from "./read-recording.js";
import { AskedRequest, shownExchange } from "./recorded-request.js";
import { isOwnLimit, type Pace, ReplayedConnection, replayedBody } from "./replayed-body.js";

/** Options of {@link replayEngine}. */
export interface ReplayOptions {
  /** "recorded" gives each piece the time that it took; "none", the default, only keeps their order. */
  readonly timing?: "none" | "recorded" | undefined;
  /** Whether tars and other bodies except JSON must be equal too; false by default, since tars contain times and owners. */
  readonly compareBinary?: boolean | undefined;
}

/**
 * An Engine that replays a recording of {@link recordEngine}, byte for byte and piece by piece, with no Engine and no connection.
 *
 * A request is answered by the first recorded one, not yet used, that has the same operation, path, options and JSON
 * body; so equal requests get their answers in the recorded order, and others may come in any order. A piece that was
 * recorded after another request, or after something was sent on its connection, arrives only after that. A request that
 * was not recorded fails with status 501, and a message that says what differs.
 *
 * @param file a recording
 * @param options timing, and whether to compare binary bodies
 * @returns the engine; pass its `options` to `new Docker(options)`
 * @throws {ArgumentError} the file cannot be read, is not a recording, or is cut off
 * @example
 * const engine = replayEngine("test/fixtures/list.jsonl");
 * const docker = new Docker(engine.options);
 * await docker.containerList({ all: true });
 * engine.done();
 */
export function replayEngine(file: string, options: ReplayOptions = {}): ReplayedEngine {
  return new ReplayedEngine(file, options);
}

const RULES: Rules<ReplayOptions> = {
  timing: {
    must: '"none" or "recorded"',
    check: (value) => value === "none" || value === "recorded",
  },
  compareBinary: rule.boolean,
};

/** How long a piece waits for a request that was recorded before it, and a reader for more than was recorded, in milliseconds. */
const PATIENCE = 2000;

/** Created by {@link replayEngine}. */
export class ReplayedEngine {
  /** For `new Docker(options)`: selects this engine, whatever the local configuration. */
  readonly options: DockerOptions = {
    connect: connectTo({ answer: (request, ended) => this.#answer(request, ended) }),
    env: { DOCKER_CONFIG: emptyConfigFolder() },
  };
  /** All calls so far, in order, including those that were not recorded. */
  readonly calls: readonly MockedCall[] = [];
  readonly #file: string;
  readonly #exchanges: readonly Exchange[];
  readonly #isTimed: boolean;
  readonly #comparesBinary: boolean;
  readonly #used = new Set<Exchange>();
  readonly #problems: string[] = [];
  readonly #closed = new AbortController();
  /** Called when a request has been made. */
  readonly #onAsked = new Set<() => void>();
  readonly #open = new Set<Readable>();

  /** @internal */
  constructor(file: string, options: ReplayOptions) {
    const { timing = "none", compareBinary = false } = checkOptions(options, RULES, {
      where: "replayEngine",
    });
    this.#file = file;
    this.#exchanges = readRecording(file, "replayEngine");
    this.#isTimed = timing === "recorded";
    this.#comparesBinary = compareBinary;
  }

  /**
   * Checks that every recorded request was made and no other, then closes the engine. The SDK's own pings do not count.
   *
   * @throws {Error} lists the requests that were not made, and those that were not recorded
   */
  done(): void {
    const unused = this.#exchanges.filter(({ request }) => !isPing(request)).filter(this.#isUnused);
    const problems = [
      ...unused.map((exchange) => `recorded and not asked: ${shownExchange(exchange)}`),
      ...this.#problems,
    ];
    this.close();
    if (problems.length > 0) throw new Error(`replayEngine(${this.#file}):\n  ${problems.join("\n  ")}`);
  }

  /** Breaks the connections of running calls and streams; checks nothing. */
  close(): void {
    this.#closed.abort();
    for (const body of this.#open) body.destroy(brokenConnection());
  }

  readonly #isUnused = (exchange: Exchange): boolean => !this.#used.has(exchange);

  async #answer(request: InProcessRequest, ended: AbortSignal): Promise<Answer> {
    if (this.#closed.signal.aborted) throw brokenConnection();
    const asked = new AskedRequest(request);
    const isRecorded = (exchange: Exchange): boolean =>
      asked.differences(exchange, this.#comparesBinary).length === 0;
    const own = isPing(request);
    // A client that already knows the version asks for it less often, and one that does not, more often.
    const exchange =
      this.#exchanges.find((each) => this.#isUnused(each) && isRecorded(each)) ??
      (own ? this.#exchanges.findLast((each) => isPing(each.request)) : undefined);
    if (!own) (this.calls as MockedCall[]).push(asked.call);
    if (!exchange) return own ? this.#unrecordedPing() : this.#refuse(asked);
    this.#used.add(exchange);
    this.#asked();
    return this.#replay(exchange, ended);
  }

  async #replay(exchange: Exchange, ended: AbortSignal): Promise<Answer> {
    const end = AbortSignal.any([ended, this.#closed.signal]);
    const pace = this.#paceOf(exchange, end);
    const [first] = exchange.events.filter((event) => "response" in event || "failed" in event);
    if (first) await pace.turn(first);
    if (this.#closed.signal.aborted) throw brokenConnection();
    if (first && "response" in first) {
      const { status, headers, upgraded = false } = first.response;
      const body = upgraded
        ? new ReplayedConnection(this.#file, exchange, pace)
        : replayedBody(this.#file, exchange, pace);
      this.#open.add(body);
      body.once("close", () => this.#open.delete(body));
      return { status, rawHeaders: headers, body, upgraded };
    }
    const last = exchange.events.at(-1) as ReplayedEvent;
    const failed = first && "failed" in first ? first.failed : undefined;
    if (!failed || isOwnLimit(failed.code)) {
      await pace.patience(last);
      throw new Error("the recording has no answer, since the call was ended before there was one");
    }
    const { message, code } = failed.cause ?? failed;
    throw Object.assign(new Error(message), { code });
  }

  #paceOf(exchange: Exchange, end: AbortSignal): Pace {
    let before = exchange.at;
    return {
      turn: async (event) => {
        await this.#whatCameBefore(event, end);
        if (this.#isTimed) await pause(event.at - before, end);
        before = event.at;
      },
      patience: (event) => pause(event.at - before + PATIENCE, end),
    };
  }

  /** Waits until all requests recorded before an event have been made; but not forever, since some may never be. */
  async #whatCameBefore({ order }: ReplayedEvent, end: AbortSignal): Promise<void> {
    const isDue = (): boolean =>
      this.#exchanges.every((each) => each.order > order || this.#used.has(each) || isPing(each.request));
    if (isDue()) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#onAsked.delete(check);
        end.removeEventListener("abort", go);
        resolve();
      };
      const check = (): void => {
        if (isDue()) go();
      };
      const timer = setTimeout(go, PATIENCE);
      this.#onAsked.add(check);
      end.addEventListener("abort", go);
      if (end.aborted) go();
    });
  }

  #asked(): void {
    for (const tell of [...this.#onAsked]) tell();
  }

  /** The answer to a request that was not recorded. It says why, and so does done(). */
  #refuse(asked: AskedRequest): Answer {
    const { call } = asked;
    const same = this.#exchanges.filter(
      ({ request }) => request.operation.toLowerCase() === call.operation.toLowerCase(),
    );
    const why = same
      .filter(this.#isUnused)
      .map((exchange) => asked.differences(exchange, this.#comparesBinary).join("; "));
    const times = same.length === 1 ? "once" : `${same.length} times`;
    const reason =
      why.length > 0
        ? why.join(" | ")
        : same.length > 0
          ? `it was recorded ${times}, and asked once more`
          : "it was never called";
    const what = `${call.method} ${shownUrl(call.path, call.query)} (${call.operation})`;
    this.#problems.push(`not recorded: ${what}: ${reason}`);
    return answerOf(501, { message: `replayEngine has no recording of ${what}: ${reason}` });
  }

  /** The Engine's version, if any answer has it. */
  #unrecordedPing(): Answer {
    const headers = this.#exchanges.map((exchange) => responseOf(exchange)?.headers ?? []);
    const known = headers.flatMap((list) => {
      const at = list.findIndex((name) => name.toLowerCase() === "api-version");
      return at < 0 ? [] : [list.slice(at, at + 2)];
    });
    return { ...answerOf(200), rawHeaders: known[0] ?? [] };
  }
}

function answerOf(status: number, json?: object): Answer {
  const body = json ? [Buffer.from(JSON.stringify(json))] : [];
  return {
    status,
    rawHeaders: json ? ["Content-Type", "application/json"] : [],
    body: Readable.from(body, { objectMode: false }),
  };
}
