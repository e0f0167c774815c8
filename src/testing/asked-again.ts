import type { Duplex } from "node:stream";
import { EngineRequest, type EngineResponse, headerOf, type Transport } from "../transport/index.js";
import { bodyDrift, learnIds, valuesOf, withIds } from "./drift.js";
import { type Exchange, PieceReader, type ReplayedEvent, responseOf } from "./read-recording.js";
import { readBytes } from "./recorded-bytes.js";

/** How long to wait for a recorded answer, in milliseconds. */
const LATEST = 15_000;
/** How long to wait for output, which need not come in the same pieces. */
const SOON = 1000;

const UPGRADED = ["ContainerAttach", "ExecStart"];
const WEBSOCKET = "ContainerAttachWebsocket";

/** A recorded exchange that is repeated, step by step. */
export class AskedAgain {
  readonly #exchange: Exchange;
  readonly #reader: PieceReader;
  readonly #ids: Map<string, string>;
  readonly #received: Buffer[] = [];
  readonly #recorded: Buffer[] = [];
  readonly #abort = new AbortController();
  #answer: Promise<EngineResponse> | undefined;
  #response: EngineResponse | undefined;
  #failure: Error | undefined;
  #hasEnded = false;

  constructor(exchange: Exchange, file: string, ids: Map<string, string>) {
    this.#exchange = exchange;
    this.#reader = new PieceReader(file);
    this.#ids = ids;
  }

  /** Sends the request, in an API version. */
  async begin(transport: Transport, version: string): Promise<void> {
    const { operation, method, url, headers } = this.#exchange.request;
    const request = new EngineRequest(withIds(url, this.#ids).replace(/^\/v[\d.]+(?=\/)/, `/v${version}`), {
      method,
      body: await this.#body(),
      settings: { operation, headers: withoutMasked(headers), signal: this.#abort.signal },
    });
    const way = UPGRADED.includes(operation) ? "upgrade" : operation === WEBSOCKET ? "websocket" : "send";
    this.#answer = transport[way](request);
    this.#answer.then(
      (response) => this.#read(response),
      (error: Error) => {
        this.#failure = error;
      },
    );
  }

  #read(response: EngineResponse): void {
    this.#response = response;
    response.body
      .on("data", (piece: Buffer) => this.#received.push(piece))
      .on("end", () => {
        this.#hasEnded = true;
      })
      .on("error", (error) => {
        this.#failure = error;
      })
      .resume();
  }

  async #body(): Promise<Buffer | undefined> {
    const { request, events } = this.#exchange;
    const whole = request.body === undefined ? undefined : readBytes(request.body);
    const isJson = Object.values(request.headers).includes("application/json");
    if (whole) return isJson ? Buffer.from(withIds(whole.toString(), this.#ids)) : whole;
    const end = events.findIndex((event) => "response" in event);
    const pieces: Buffer[] = [];
    for (const event of events.slice(0, end < 0 ? undefined : end)) {
      if ("sent" in event) pieces.push(await this.#reader.read(event.sent));
    }
    return pieces.length > 0 ? Buffer.concat(pieces) : undefined;
  }

  /** Repeats the next step, or waits for what came next. */
  async step(event: ReplayedEvent): Promise<void> {
    const connection = this.#response?.upgraded ? (this.#response.body as Duplex) : undefined;
    if ("response" in event) {
      await waitFor(() => this.#response !== undefined || this.#failure !== undefined, LATEST);
    } else if ("received" in event) {
      this.#recorded.push(await this.#reader.read(event.received));
    } else if ("sent" in event) {
      await waitFor(() => lengthOf(this.#received) >= lengthOf(this.#recorded), SOON);
      connection?.write(await this.#reader.read(event.sent));
    } else if ("over" in event && event.over === "sending") {
      connection?.end();
    } else if ("over" in event && event.over === "ended") {
      await waitFor(() => this.#hasEnded || this.#failure !== undefined, LATEST);
      this.#response?.body.destroy();
    } else {
      await waitFor(() => lengthOf(this.#received) >= lengthOf(this.#recorded), SOON);
      this.close();
    }
  }

  /** How the answer differs from the recorded one. Call it when all steps are done. */
  drift(): string[] {
    const before = responseOf(this.#exchange);
    const response = this.#response;
    if (!before) return [];
    if (!response) return [`no answer${this.#failure ? `: ${this.#failure.message}` : ""}`];
    const recorded = Buffer.concat(this.#recorded);
    const seen = Buffer.concat(this.#received);
    const [was, is] = [headerOf(before.headers, "content-type"), response.headers.get("content-type")];
    if (before.status !== response.status) {
      const said = /\bjson\b/.test(is ?? "") ? `: ${seen.toString().trim().slice(0, 200)}` : "";
      return [`the status is ${response.status}, not ${before.status}${said}`];
    }
    if (/\bjson\b/.test(is ?? "")) learnIds(valuesOf(recorded), valuesOf(seen), this.#ids);
    const type = was === is ? [] : [`the content type is ${is}, not ${was}`];
    const isLeft = this.#exchange.events.some((event) => "over" in event && event.over === "left");
    const end = this.#hasEnded || isLeft ? [] : ["the answer did not end"];
    return [
      ...type,
      ...end,
      ...bodyDrift(recorded, isLeft ? seen.subarray(0, recorded.length) : seen, is ?? ""),
    ];
  }

  close(): void {
    this.#abort.abort();
    this.#response?.body.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#reader[Symbol.asyncDispose]();
  }
}

const withoutMasked = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== "***"));

const lengthOf = (pieces: readonly Buffer[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

/** Waits until a condition holds, or the time is up. */
async function waitFor(holds: () => boolean, ms: number): Promise<void> {
  const deadline = performance.now() + ms;
  while (!holds() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
}
