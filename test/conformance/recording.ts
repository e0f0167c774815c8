import { apiVersion } from "../../generated/operations.js";
import type { Endpoint } from "../../src/config/index.js";
import type { EngineRequest } from "../../src/transport/request.js";
import type { EngineResponse } from "../../src/transport/response.js";
import type { Exchange } from "./exchange.js";

/** Bodies that are no text: tars, and the frames of logs. */
const BINARY = /^application\/(x-tar|octet-stream|vnd\.docker\.)/;
/** Requests in the version of the description; a ping has none in its path. */
const OUR_PATH = new RegExp(`^(/v${apiVersion.replace(".", "\\.")}/|/_ping$)`);
const SWITCHING_PROTOCOLS = 101;

/** How the transport makes an exchange, whichever way it takes. */
type Ask<First, Rest extends readonly unknown[]> = (
  first: First,
  endpoint: Endpoint,
  wire: EngineRequest,
  ...rest: Rest
) => Promise<EngineResponse>;

/** Keeps what passes between the SDK and real Engines. */
export class Recording {
  readonly #engineAt: (socket: string) => string | undefined;
  readonly #test: () => string;
  readonly #begun: (() => Exchange)[] = [];

  /** `engineAt` names the Engine at a socket; `test` the test that is running. */
  constructor(engineAt: (socket: string) => string | undefined, test: () => string) {
    this.#engineAt = engineAt;
    this.#test = test;
  }

  /** The exchanges so far, with what has been read of the bodies by now. */
  get exchanges(): readonly Exchange[] {
    return this.#begun.map((exchange) => exchange());
  }

  /** Wraps one of the transport's ways. Nothing about a call changes: its body is overheard as its reader gets it. */
  of<First, Rest extends readonly unknown[]>(ask: Ask<First, Rest>): Ask<First, Rest> {
    return async (first, endpoint, wire, ...rest) => {
      const test = this.#test();
      const response = await ask(first, endpoint, wire, ...rest);
      const engine = this.#engineAt(endpoint.kind === "unix" ? endpoint.socketPath : "");
      // An upgraded connection does not say who answered.
      const real = isReal(response) || (engine !== undefined && response.status === SWITCHING_PROTOCOLS);
      if (real && OUR_PATH.test(wire.url)) this.#keep(engine ?? "elsewhere", wire.operation, response, test);
      return response;
    };
  }

  #keep(engine: string, operation: string, response: EngineResponse, test: string): void {
    const mediaType = response.headers.get("content-type")?.replace(/ *;.*/, "");
    const { status } = response;
    const upgraded = status === SWITCHING_PROTOCOLS;
    const overheard = upgraded || BINARY.test(mediaType ?? "") ? undefined : overhear(response);
    this.#begun.push(() => ({
      engine,
      operation,
      status,
      mediaType,
      body: overheard && Buffer.concat(overheard.chunks).toString("utf8"),
      whole: overheard?.ended ?? false,
      test,
    }));
  }
}

/** Whether a real Engine answered, which knows the version that the description is of. */
function isReal({ headers }: EngineResponse): boolean {
  const [major, minor = 0] = (headers.get("api-version") ?? "0.0").split(".").map(Number);
  const [ourMajor, ourMinor = 0] = apiVersion.split(".").map(Number);
  return Boolean(headers.get("server")?.startsWith("Docker/")) && major === ourMajor && minor >= ourMinor;
}

/** A stream emits every chunk that anyone reads, by whatever means. To listen would make it flow. */
function overhear({ body }: EngineResponse): { readonly chunks: Buffer[]; ended: boolean } {
  const heard = { chunks: [] as Buffer[], ended: false };
  const { emit } = body;
  body.emit = (name: string | symbol, ...args: unknown[]): boolean => {
    if (name === "data") heard.chunks.push(Buffer.from(args[0] as Uint8Array));
    if (name === "end") heard.ended = true;
    return emit.call(body, name, ...args);
  };
  return heard;
}
