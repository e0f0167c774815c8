import type { IncomingMessage } from "node:http";
import { bodyChunks } from "../streams/body-chunks.js";

const FAILURE_BODY_LIMIT = 1 << 20;

/**
 * An answer, in place of the platform's Response. It has what openapi-fetch reads of one, and the body as the
 * Node stream it arrives on.
 */
export class WireResponse {
  readonly status: number;
  /** 304 is a success too: the container had the state already that was asked for. */
  readonly ok: boolean;
  readonly body: IncomingMessage;
  readonly #operation: string;
  #headers: Headers | undefined;

  constructor(message: IncomingMessage, operation: string) {
    this.status = message.statusCode ?? 0;
    this.ok = (this.status >= 200 && this.status < 300) || this.status === 304;
    this.body = message;
    this.#operation = operation;
  }

  /** The two headers openapi-fetch asks for, without building a Headers object for them. */
  readonly headers = {
    get: (name: string): string | null => {
      const value = this.body.headers[name.toLowerCase()];
      return value === undefined ? null : String(value);
    },
  };

  /** All headers, for the caller of the operation. */
  get allHeaders(): Headers {
    if (!this.#headers) {
      this.#headers = new Headers();
      const { rawHeaders } = this.body;
      for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
        this.#headers.append(String(rawHeaders[i]), String(rawHeaders[i + 1]));
      }
    }
    return this.#headers;
  }

  /** The body as text. Of a failure's body no more than 1 MiB is read: it is an error page, not data. */
  async text(): Promise<string> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of bodyChunks(this.body, this.#operation)) {
      chunks.push(chunk);
      length += chunk.length;
      if (!this.ok && length >= FAILURE_BODY_LIMIT) break;
    }
    const whole = Buffer.concat(chunks);
    return (this.ok ? whole : whole.subarray(0, FAILURE_BODY_LIMIT)).toString("utf8");
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  /** Reads the body to its end without keeping it, so that its connection can serve the next call. */
  async drain(): Promise<void> {
    for await (const _ of bodyChunks(this.body, this.#operation));
  }
}
