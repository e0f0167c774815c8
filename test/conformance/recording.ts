import { apiVersion } from "#generated/operations.js";
import type { Hook, ResponseInfo } from "../../src/index.js";
import type { Exchange } from "./exchange.js";

/** Bodies that are not text: tars, and the frames of logs. */
const BINARY = /^application\/(x-tar|octet-stream|vnd\.docker\.)/;
/** Requests in the version of the description; a ping has none in its path. */
const OUR_PATH = new RegExp(`^(/v${apiVersion.replace(".", "\\.")}/|/_ping$)`);
/** What `docker.request` asks may be in no description. */
const NOT_DESCRIBED = "request";
const SWITCHING_PROTOCOLS = 101;

/** Keeps what passes between the SDK and real Engines. */
export class Recording {
  readonly #test: () => string;
  readonly #everyEngine: boolean;
  readonly #begun: (() => Exchange)[] = [];

  /**
   * @param test names the test that is running
   * @param options `everyEngine`: whether to keep answers of Podman, and of Engines that do not know our version
   */
  constructor(test: () => string, { everyEngine = false } = {}) {
    this.#test = test;
    this.#everyEngine = everyEngine;
  }

  /** The exchanges so far, with what has been read of the bodies by now. */
  get exchanges(): readonly Exchange[] {
    return this.#begun.map((exchange) => exchange());
  }

  /** The hook of a client; `engine` names the Engine it is of, if that is one of the run's. */
  hook(engine: string | undefined): Hook {
    return {
      onResponse: (response) => {
        if (response.operation === NOT_DESCRIBED) return;
        if (this.#everyEngine) return this.#keep(engine ?? "elsewhere", response);
        // An upgraded connection does not say who answered.
        const real = isReal(response) || (engine !== undefined && response.status === SWITCHING_PROTOCOLS);
        if (real && OUR_PATH.test(response.path)) this.#keep(engine ?? "elsewhere", response);
      },
    };
  }

  #keep(engine: string, { operation, overhear, responseHeaders, status }: ResponseInfo): void {
    const mediaType = responseHeaders.get("content-type")?.replace(/ *;.*/, "");
    const isText = status !== SWITCHING_PROTOCOLS && !BINARY.test(mediaType ?? "");
    const pieces: Buffer[] = [];
    let whole = false;
    if (isText)
      overhear({ data: (piece) => void pieces.push(Buffer.from(piece)), end: () => (whole = true) });
    const test = this.#test();
    this.#begun.push(() => ({
      engine,
      operation,
      status,
      mediaType,
      body: isText ? Buffer.concat(pieces).toString("utf8") : undefined,
      whole,
      test,
    }));
  }
}

/** Whether a real Engine answered, which knows the version that the description is of. */
function isReal({ responseHeaders: headers }: ResponseInfo): boolean {
  const [major, minor = 0] = (headers.get("api-version") ?? "0.0").split(".").map(Number);
  const [ourMajor, ourMinor = 0] = apiVersion.split(".").map(Number);
  return Boolean(headers.get("server")?.startsWith("Docker/")) && major === ourMajor && minor >= ourMinor;
}
