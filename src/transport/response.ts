import type { Duplex, Readable } from "node:stream";
import { ConnectionError } from "../errors.js";
import { drainBody, readErrorBody, readJsonBody, readTextBody } from "../streams/index.js";

/** An answer's head, and the stream its body arrives on. */
export interface Answer {
  readonly status: number;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: Readable;
  /** Whether the body is an upgraded connection. */
  readonly upgraded?: boolean;
}

/** An answer of the Engine, in place of the platform's Response, with the body as the Node stream it arrives on. */
export class EngineResponse {
  readonly status: number;
  /** For openapi-fetch, which would parse the body of anything else. What counts as a success, the operation knows. */
  readonly ok = true;
  readonly body: Readable;
  /**
   * Whether the body is the two-way connection that was asked for. If it is not, a status of 200 does not mean success:
   * something on the way has dropped the request to upgrade. Only a detached exec is answered so by an Engine.
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

  /** The headers that the SDK itself reads, without building a Headers object for them. */
  readonly headers = {
    get: (name: string): string | null => headerOf(this.#rawHeaders, name),
  };

  /** All headers, for the caller of the operation. */
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
   * The upgraded connection, for the operations that stream both ways.
   *
   * @throws {ConnectionError} the answer is an ordinary one; its connection is closed then
   */
  get connection(): Duplex {
    if (this.upgraded) return this.body as Duplex;
    this.body.destroy();
    throw new ConnectionError(
      `${this.#operation}: the connection was not upgraded (status ${this.status}). ` +
        "A proxy between here and the Engine drops the header Upgrade: have it pass upgrades on, or go around it.",
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

  /** Reads a body that nobody wants, so that its connection can serve the next call. */
  drain(): Promise<void> {
    return drainBody(this.body, this.#operation);
  }
}

/** The first value of a header, of names and values in turn. */
export function headerOf(rawHeaders: readonly string[], name: string): string | null {
  const wanted = name.toLowerCase();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === wanted) return rawHeaders[i + 1] ?? null;
  }
  return null;
}
