import createClient, { type Client as FetchClient } from "openapi-fetch";
import {
  type CallArguments,
  type Caller,
  Client,
  type RequestOptions,
  type Returns,
} from "../../generated/client.js";
import type { Operation } from "../../generated/operations.js";
import { ArgumentError, EngineError, isDockerError, StreamError } from "../errors.js";
import { redactUrl } from "../secrets.js";
import { EngineRequest, type EngineResponse, type Transport } from "../transport/index.js";
import { VersionInUse } from "./api-version.js";
import { askVersion, waitWithin } from "./ask-version.js";
import { Call, StreamCall } from "./call.js";
import { inspectedFormat } from "./log-format.js";
import { release } from "./prepare/body.js";
import { mergeHeaders } from "./prepare/headers.js";
import { refuseUnsupported, type WrittenCall, withDefaultTimeout, writeCall } from "./prepare/prepare.js";
import { finishers } from "./response-kinds.js";
import type { Result } from "./result.js";
import type { DockerReturns } from "./returns.js";
import { versionAdvice } from "./version-advice.js";

/** What the configuration says of every call. */
export interface CallSettings {
  readonly headers: Readonly<Record<string, string>>;
  /** The API version to use, if one is pinned. */
  readonly apiVersion?: string | undefined;
  /** Milliseconds for calls that do not say. */
  readonly timeout?: number | undefined;
}

/** The paths are the operations table's, so openapi-fetch gets them as plain strings. */
type AnyPaths = Record<string, Record<string, never>>;

/** Carries out operations on an Engine: writes the request, sends it through openapi-fetch, reads the answer. */
export class EngineCaller extends Client<DockerReturns> implements Caller<DockerReturns> {
  protected override readonly caller = this;
  readonly #transport: Transport;
  readonly #settings: () => CallSettings;
  #version: VersionInUse | undefined;
  /** One question about the version for all calls that wait for it. */
  #asking: Promise<unknown> | undefined;
  // Light stand-ins: the platform's Request and Response cost several times what the rest of a call does.
  readonly #client: FetchClient<AnyPaths> = createClient<AnyPaths>({
    Request: EngineRequest as unknown as typeof Request,
  });

  /** `settings` is asked at the first call, and may fail with a ConfigError. */
  constructor(transport: Transport, settings: () => CallSettings) {
    super();
    this.#transport = transport;
    this.#settings = settings;
  }

  call<Kind extends keyof Returns, Data = unknown>(
    operation: Operation,
    args: CallArguments,
    request?: RequestOptions,
  ): (DockerReturns & { readonly data: Data })[Kind] {
    const run = async (begun: () => void) => this.#run(writeCall(operation, args, request), args, begun);
    const call = finishers[operation.kind].streams
      ? new StreamCall(run as () => Promise<Result<AsyncIterable<unknown>>>)
      : new Call(run);
    return call as (DockerReturns & { readonly data: Data })[Kind];
  }

  async #run(written: WrittenCall, args: CallArguments, begun: () => void): Promise<Result<unknown>> {
    let response: EngineResponse | undefined;
    const received = (answer: EngineResponse): void => {
      response = answer;
      if (answer.ok) begun();
    };
    try {
      const limited = withDefaultTimeout(written, this.#settings().timeout);
      const result = await this.#negotiate(limited, args, received);
      if (!result.ok) release(written.body);
      return result;
    } catch (error) {
      release(written.body);
      if (error instanceof ArgumentError) throw error;
      const answered = response && { status: response.status, headers: response.allHeaders };
      if (isDockerError(error)) return { ok: false, ...answered, error };
      if (error instanceof SyntaxError) {
        const message = `${written.operation.id}: the Engine's answer is not JSON: ${error.message}`;
        return { ok: false, ...answered, error: new StreamError(message, { cause: error }) };
      }
      throw error;
    }
  }

  /** Sends a call with our API version; an Engine that is older says so, and is spoken to with its own from then on. */
  async #negotiate(
    written: WrittenCall,
    args: CallArguments,
    received: (answer: EngineResponse) => void,
  ): Promise<Result<unknown>> {
    this.#version ??= new VersionInUse(this.#settings().apiVersion);
    const version = this.#version;
    const repeatable = written.body === undefined || written.body instanceof Uint8Array;
    // A body that can be read once only must not be spent on finding out.
    if (!version.settled && !repeatable) await this.#ask(version, written);
    const used = version.current;
    const result = await this.#send(written, args, used, (answer) => {
      received(answer);
      version.learn(answer.headers.get("api-version"), used);
    });
    const tooNew = !result.ok && result.status === 400 && version.current !== used;
    return tooNew && repeatable ? this.#send(written, args, version.current, received) : result;
  }

  /** Learns the Engine's version; a failure is left to the call itself to meet. */
  async #ask(version: VersionInUse, { operation, request }: WrittenCall): Promise<void> {
    this.#asking ??= askVersion(this.#transport, this.#settings().headers)
      .then((offered) => version.learn(offered, version.current))
      .finally(() => {
        this.#asking = undefined;
      });
    await waitWithin(this.#asking, request, operation.id);
  }

  async #send(
    written: WrittenCall,
    args: CallArguments,
    version: string,
    received: (answer: EngineResponse) => void,
  ): Promise<Result<unknown>> {
    const { operation, request } = written;
    refuseUnsupported(written, version);
    const format = await inspectedFormat(this, operation, args, version);
    const { finish, parseAs, timeoutCovers, send = "send" } = finishers[operation.kind];
    const path = `/v${version}${written.path}`;
    const answer = (await this.#client.request(
      operation.method.toLowerCase() as never,
      path as never,
      {
        fetch: async (wire: EngineRequest) => {
          const response = await this.#transport[send](wire);
          received(response);
          return response;
        },
        wireHeaders: mergeHeaders(this.#settings().headers, written.headers),
        body: written.body,
        bodySerializer: (body: unknown) => body,
        querySerializer: () => written.query,
        parseAs,
        signal: request.signal,
        timeout: request.timeout,
        timeoutCovers,
        idleTimeout: request.idleTimeout,
        operation: operation.id,
      } as never,
    )) as unknown as { data?: unknown; error?: unknown; response: EngineResponse };
    const { response } = answer;
    return response.ok
      ? success(response, await finish(answer.data, response, operation.id, format))
      : failure(response, operation, written.query ? `${path}?${written.query}` : path, answer.error);
  }
}

function success(response: EngineResponse, data: unknown): Result<unknown> {
  return {
    ok: true,
    status: response.status,
    get headers() {
      return response.allHeaders;
    },
    data,
  };
}

function failure(
  response: EngineResponse,
  { id, method }: Operation,
  url: string,
  body: unknown,
): Result<never> {
  const { status } = response;
  return {
    ok: false,
    status,
    get headers() {
      return response.allHeaders;
    },
    error: new EngineError(
      { status, operation: id, method, url: redactUrl(url), body },
      versionAdvice(body, response),
    ),
  };
}
