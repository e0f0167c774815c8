import type { Readable } from "node:stream";
import { readAll } from "../streams/read-all.js";
import { parseJson } from "../streams/wide-json.js";

/** Of an error page, or of a body where none belongs, no more is read. */
const UNWANTED_BODY_LIMIT = 1 << 20;

/** An answer's head, and the stream its body arrives on. */
export interface WireAnswer {
  readonly status: number;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: Readable;
}

/**
 * An answer, in place of the platform's Response. It has what openapi-fetch reads of one, and the body as the
 * Node stream it arrives on.
 */
export class WireResponse {
  readonly status: number;
  /** 101 and 304 are successes too: the connection was upgraded; the container had the state that was asked for. */
  readonly ok: boolean;
  readonly body: Readable;
  readonly #rawHeaders: readonly string[];
  readonly #operation: string;
  #headers: Headers | undefined;

  constructor({ status, rawHeaders, body }: WireAnswer, operation: string) {
    this.status = status;
    this.ok = (status >= 200 && status < 300) || status === 304 || status === 101;
    this.body = body;
    this.#rawHeaders = rawHeaders;
    this.#operation = operation;
  }

  /** The headers that openapi-fetch and the SDK itself ask for, without building a Headers object for them. */
  readonly headers = {
    get: (name: string): string | null => {
      const wanted = name.toLowerCase();
      for (let i = 0; i + 1 < this.#rawHeaders.length; i += 2) {
        if (this.#rawHeaders[i]?.toLowerCase() === wanted) return this.#rawHeaders[i + 1] ?? null;
      }
      return null;
    },
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

  /** The body as text. */
  async text(): Promise<string> {
    const bytes = await readAll(this.body, this.#operation, this.ok ? undefined : UNWANTED_BODY_LIMIT);
    return bytes.toString("utf8");
  }

  async json(): Promise<unknown> {
    return parseJson(await this.text());
  }

  /** Reads a body that nobody wants, so that its connection can serve the next call. */
  async drain(): Promise<void> {
    await readAll(this.body, this.#operation, UNWANTED_BODY_LIMIT);
  }
}
