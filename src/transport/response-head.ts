/** Status line and headers of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

const HEAD_LIMIT = 64 * 1024;
const END = "\r\n\r\n";

/**
 * Reads the head of an answer from bytes that arrive in any pieces. Own code, because an upgraded connection is not to
 * be had from every runtime's HTTP client (Bun's has no usable upgrade event), and what follows the head is not HTTP.
 */
export class ResponseHeadReader {
  #bytes = Buffer.alloc(0);

  /** The head and the bytes after it, once it is whole. @throws {Error} what arrives is no HTTP answer */
  add(chunk: Buffer): { head: ResponseHead; rest: Buffer } | undefined {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const end = this.#bytes.indexOf(END);
    if (end < 0) {
      if (this.#bytes.length > HEAD_LIMIT) throw new Error("the answer's headers are larger than 64 KiB");
      if (!"HTTP/".startsWith(this.#bytes.subarray(0, 5).toString("latin1"))) throw notHttp();
      return undefined;
    }
    const head = parseHead(this.#bytes.subarray(0, end).toString("latin1"));
    const rest = this.#bytes.subarray(end + END.length);
    if (!isInterim(head)) return { head, rest };
    this.#bytes = Buffer.alloc(0);
    return this.add(rest);
  }
}

/** Such as 100 or 103: the answer itself is still to come. */
const isInterim = ({ status }: ResponseHead): boolean => status < 200 && status !== 101;

function parseHead(text: string): ResponseHead {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (!status) throw notHttp();
  const rawHeaders: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) throw notHttp();
    rawHeaders.push(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return { status: Number(status), rawHeaders };
}

const notHttp = (): Error =>
  Object.assign(new Error("the answer is not HTTP"), { code: "HPE_INVALID_ANSWER" });
