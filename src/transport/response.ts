import type { Duplex, Readable } from "node:stream";
import { ConnectionError } from "../errors.js";
import { drainBody, readErrorBody, readJsonBody, readTextBody } from "../streams/index.js";

/** An answer's head, and its body as a stream. */
export interface Answer {
  readonly status: number;
  /** Names and values alternate. */
  readonly rawHeaders: readonly string[];
  readonly body: Readable;
  /** Whether the body is an upgraded connection. */
  readonly upgraded?: boolean;
}

/** An answer of the Engine, whose body is a Node stream. It replaces the platform's Response. */
export class EngineResponse {
  readonly status: number;
  /** Always true, or openapi-fetch would parse the body. The operation knows what counts as a success. */
  readonly ok = true;
  readonly body: Readable;
  /**
   * Whether the body is the requested two-way connection. If not, a 200 is a failure: an intermediary dropped the request
   * to upgrade. An Engine answers 200 only to a detached exec.
   */
  readonly upgraded: boolean;
  readonly #rawHeaders: readonly string[];
  readonly #operation: string;
  #headers: Headers | undefined;

  constructor({ status, rawHeaders, body, upgraded = false }: Answer, operation: string) {
    this.status = status;
    this.body = body;
    this.upgraded = upgraded;
    this.#rawHeaders = rawHeaders;
    this.#operation = operation;
  }

  /** Reads single headers, for the SDK, without building a Headers object. */
  get headers(): { get(name: string): string | null } {
    return { get: (name) => headerOf(this.#rawHeaders, name) };
  }

  /** All headers, for the caller. */
  get allHeaders(): Headers {
    if (!this.#headers) {
      this.#headers = new Headers();
      for (let i = 0; i + 1 < this.#rawHeaders.length; i += 2) {
        this.#headers.append(String(this.#rawHeaders[i]), String(this.#rawHeaders[i + 1]));
      }
    }
    return this.#headers;
  }

  /**
   * The upgraded connection, for operations that stream both ways.
   *
   * @throws {ConnectionError} the answer is ordinary; its connection is then closed
   */
  get connection(): Duplex {
    if (this.upgraded) return this.body as Duplex;
    this.body.destroy();
    throw new ConnectionError(
      `${this.#operation}: the connection was not upgraded (status ${this.status}). ` +
        "A proxy in front of the Engine drops the Upgrade header: configure it to pass upgrades on, or bypass it.",
    );
  }

  /** The body as text. */
  text(): Promise<string> {
    return readTextBody(this.body, this.#operation);
  }

  /** The body of a failure: its JSON, or its first MiB as text. */
  failure(): Promise<unknown> {
    return readErrorBody(this.body, this.#operation);
  }

  json(): Promise<unknown> {
    return readJsonBody(this.body, this.#operation);
  }

  /** Discards the body, so that its connection can serve the next call. */
  drain(): Promise<void> {
    return drainBody(this.body, this.#operation);
  }
}

/** The first value of a header in a list of alternating names and values. */
export function headerOf(rawHeaders: readonly string[], name: string): string | null {
  const wanted = name.toLowerCase();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const found = rawHeaders[i] as string;
    if (found.length === wanted.length && found.toLowerCase() === wanted) return rawHeaders[i + 1] as string;
  }
  return null;
}
