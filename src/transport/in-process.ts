import { addAbortSignal } from "node:stream";
import type { Connect, Endpoint } from "../config/index.js";
import { ConfigError } from "../errors.js";
import { sourceOf } from "../streams/index.js";
import type { Lifetime } from "./lifetime.js";
import type { EngineRequest } from "./request.js";
import { type Answer, EngineResponse } from "./response.js";
import { unreadable } from "./send-body.js";

/** A request as an {@link InProcessEngine} receives it, with its body read completely. */
export interface InProcessRequest extends Pick<EngineRequest, "method" | "url" | "headers" | "operation"> {
  readonly body: Uint8Array | undefined;
}

/** An Engine inside this process, which answers without a connection and without node:http. */
export interface InProcessEngine {
  /** Answers a request. A rejection stands for a broken connection; `ended` fires once nobody waits. */
  answer(request: InProcessRequest, ended: AbortSignal): Promise<Answer>;
}

// Registered globally: the client and the Engine may belong to different copies of this package.
const IN_PROCESS = Symbol.for("docker-engine-sdk.InProcessEngine");

/** The option `connect` for a client of an Engine inside this process. */
export function connectTo(engine: InProcessEngine): Connect {
  const connect: Connect = () => {
    throw new ConfigError(
      "This Engine answers without a connection. Pass its options to `new Docker()` as they are, `connect` included.",
    );
  };
  return Object.assign(connect, { [IN_PROCESS]: engine });
}

/** The Engine inside this process that an endpoint stands for, if any. */
export function inProcessEngine(endpoint: Endpoint): InProcessEngine | undefined {
  if (endpoint.kind !== "connect") return undefined;
  return (endpoint.connect as { readonly [IN_PROCESS]?: InProcessEngine })[IN_PROCESS];
}

/** Performs a call, ordinary or upgraded, on an Engine inside this process. */
export function askInProcess(
  engine: InProcessEngine,
  request: EngineRequest,
  lifetime: Lifetime,
): Promise<EngineResponse> {
  const ended = new AbortController();
  const answer = async (): Promise<EngineResponse> => {
    const { method, url, headers, operation } = request;
    const body = await readBody(request, ended.signal);
    const answered = await engine.answer({ method, url, headers, operation, body }, ended.signal);
    const response = new EngineResponse({ upgraded: answered.status === 101, ...answered }, operation);
    lifetime.answered(response);
    // A body that breaks before it is read keeps its error for the reader.
    answered.body.on("error", () => undefined).once("close", () => lifetime.over());
    lifetime.onEnd((reason) => answered.body.destroy(reason));
    return response;
  };
  return new Promise((resolve, reject) => {
    lifetime.onEnd((reason) => {
      ended.abort(reason);
      reject(reason);
    });
    answer().then(resolve, reject);
  });
}

async function readBody(
  { body, operation, onSent }: EngineRequest,
  ended: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (body === undefined || body instanceof Uint8Array) return body;
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of addAbortSignal(ended, sourceOf(body))) {
      onSent?.(chunk);
      chunks.push(chunk);
    }
  } catch (error) {
    throw unreadable(operation, error);
  }
  return Buffer.concat(chunks);
}
