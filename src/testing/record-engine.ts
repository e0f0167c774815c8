import { checkOptions, type Rules, rule } from "../arguments.js";
import type { Docker } from "../docker.js";
import { isSecretHeader, redactUrl } from "../secrets.js";
import { type EngineRequest, TRANSPORT, type Transport, type Watch } from "../transport/index.js";
import { formsOf, maskedText } from "./masked-values.js";
import { RecordedExchange } from "./recorded-exchange.js";
import { RecordingFile } from "./recording-file.js";
import { FORMAT, type RecordedLine, type RecordingEnd, type RecordingHead } from "./recording-lines.js";

/** Options of {@link recordEngine}. */
export interface RecordOptions {
  /**
   * Secrets to mask wherever they occur: in commands, labels, output, file contents and anything else, as they are and in JSON,
   * URLs and base64. Each must have at least four characters.
   */
  readonly secrets?: readonly string[] | undefined;
}

/**
 * Records all that a client and its Engine exchange from now on: ordinary answers, streams, upgraded connections and WebSockets,
 * piece by piece with its time. {@link replayEngine} answers from the file.
 *
 * Logins, tokens, keys, the data of swarm secrets and configs, values of environments, build arguments and drivers' options are
 * masked by bytes of `*`. Commands, labels, output and files are recorded as they are; name their secrets in `secrets`.
 *
 * @param docker the client, of a real Engine
 * @param file the recording, of JSON lines; it appears, in place of an older one, when the recording is closed
 * @param options secrets to mask
 * @returns the recording; close it when done
 * @throws {ArgumentError} the file cannot be written or is being recorded already, or a secret is too short
 * @example
 * const docker = new Docker();
 * const recording = recordEngine(docker, "test/fixtures/list.jsonl");
 * await docker.containerList({ all: true });
 * await recording.close();
 */
export function recordEngine(docker: Docker, file: string, options: RecordOptions = {}): Recording {
  return new Recording((docker as unknown as { readonly [TRANSPORT]: Transport })[TRANSPORT], file, options);
}

const RULES: Rules<RecordOptions> = {
  secrets: { ...rule.texts, describe: () => "another value", secret: true },
};

/** Created by {@link recordEngine}. */
export class Recording implements AsyncDisposable {
  readonly #file: RecordingFile;
  readonly #forms: readonly Buffer[];
  readonly #begun = performance.now();
  readonly #stop: () => void;
  readonly #running = new Set<RecordedExchange>();
  #exchanges = 0;
  #isClosed = false;

  /** @internal */
  constructor(transport: Transport, file: string, options: RecordOptions) {
    const { secrets = [] } = checkOptions(options, RULES, { where: "recordEngine" });
    this.#forms = formsOf(secrets);
    this.#file = new RecordingFile(file);
    this.#write({ recording: FORMAT, date: new Date().toISOString() });
    this.#stop = transport.observe((request) => this.#watch(request));
  }

  /**
   * Ends the recording. Streams still open are recorded as if their reader had left.
   *
   * @throws {StreamError} the file could not be written, or another process has begun to record to it
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stop();
    for (const exchange of this.#running) exchange.left();
    this.#write({ exchanges: this.#exchanges });
    this.#file.close();
  }

  /** Ends the recording, at the end of an `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #watch(request: EngineRequest): Watch {
    this.#exchanges += 1;
    const number = this.#exchanges;
    const exchange: RecordedExchange = new RecordedExchange(
      requestOf(request, this.#forms),
      this.#forms,
      (event, at) =>
        this.#write({ exchange: number, at: Math.round((at - this.#begun) * 10) / 10, ...event }),
      () => this.#running.delete(exchange),
    );
    this.#running.add(exchange);
    return exchange;
  }

  #write(line: RecordingHead | RecordedLine | RecordingEnd): void {
    this.#file.write(line);
  }
}

/** The head of a request, without secrets. */
function requestOf(request: EngineRequest, forms: readonly Buffer[]) {
  const { operation, method, url, body } = request;
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    isSecretHeader(name)
      ? "***"
      : [value]
          .flat()
          .map((line) => maskedText(line, forms))
          .join(", "),
  ]);
  const shown = maskedText(redactUrl(url), forms);
  return {
    head: { operation, method, url: shown, headers: Object.fromEntries(headers) },
    body: body instanceof Uint8Array ? Buffer.from(body) : undefined,
    isMasked: shown !== url || headers.some(([, value]) => value === "***"),
  };
}
