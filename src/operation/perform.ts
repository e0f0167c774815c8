import type { CallArguments, Caller } from "#generated/client.js";
import type { Operation } from "#generated/operations.js";
import type { RequestOptions } from "#generated/options.js";
import { waitWithin } from "../abort.js";
import { ArgumentError, EngineError, isDockerError } from "../errors.js";
import { redactUrl } from "../secrets.js";
import type { LogFormat } from "../streams/index.js";
import { type EngineRequest, type EngineResponse, mergeHeaders, type Transport } from "../transport/index.js";
import { ApiVersion, versionAdvice } from "./api-version.js";
import { Call, CallSite, StreamCall } from "./call.js";
import { FetchClient } from "./fetch-client.js";
import { type Hook, middlewareOf } from "./hooks.js";
import { inspectedFormat, isFormatUnstated, statedFormat } from "./log-format.js";
import { release } from "./prepare/body.js";
import { type PreparedCall, prepare, refuseUnsupported, withDefaultTimeout } from "./prepare/prepare.js";
import { responseKinds } from "./response-kinds.js";
import { type Failure, failure, type Result, success } from "./result.js";

/** An API version: what its generated/operations.ts exports. The code is the same for all, so it is given one. */
export interface Api {
  readonly apiVersion: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Settings that apply to every call. */
export interface CallSettings {
  readonly headers: Readonly<Record<string, string>>;
  /** The API version to use, if one is pinned. */
  readonly apiVersion?: string | undefined;
  /** Default timeout in milliseconds. */
  readonly timeout?: number | undefined;
}

/** Who waits for a call. */
interface Waiting {
  /** Called when a successful answer has begun. */
  readonly begun?: () => void;
  /** Fires when nobody waits any more. */
  readonly abandoned?: AbortSignal | undefined;
}

/** An answer that has begun, and what it answers. */
interface Sent {
  readonly response: EngineResponse;
  /** API version of the request. */
  readonly version: string;
  /** Format of its output, where an Engine of that version does not state it. */
  readonly format: LogFormat | undefined;
}

/** Performs operations on one Engine. */
export class Performer implements Caller {
  readonly #api: Api;
  readonly #transport: Transport;
  readonly #configure: () => CallSettings;
  #configured: { readonly settings: CallSettings; readonly version: ApiVersion } | undefined;
  readonly #client = new FetchClient();

  /** `configure` runs at the first call, and may throw a ConfigError. */
  constructor(api: Api, transport: Transport, configure: () => CallSettings) {
    this.#api = api;
    this.#transport = transport;
    this.#configure = configure;
  }

  /** Adds a hook that sees every request from now on. */
  use(hook: Hook): void {
    this.#client.use(middlewareOf(hook));
  }

  /** Starts an operation; called by its generated method. */
  call<Returned>(operation: Operation, args: CallArguments, request?: RequestOptions): Returned {
    return this.start(operation, () => args, request, new CallSite(this.call, operation.id)) as Returned;
  }

  /**
   * Starts an operation on behalf of the method called at `site`.
   *
   * @param args may throw an ArgumentError, with which the call rejects
   * @param form transforms the result
   */
  start(
    operation: Operation,
    args: () => CallArguments,
    request: RequestOptions | undefined,
    site: CallSite,
    form: (result: Result<unknown>) => Result<unknown> = (result) => result,
  ): Call<unknown> {
    const run = async (begun: () => void, abandoned?: AbortSignal): Promise<Result<unknown>> => {
      const result = await site.trace(this.#perform(operation, args, request, { begun, abandoned }));
      if (!result.ok) site.claim(result.error);
      return form(result);
    };
    if (!responseKinds[operation.kind].isStream) return new Call(run);
    return new StreamCall(run as () => Promise<Result<AsyncIterable<unknown>>>);
  }

  /**
   * A call: prepare → version → send → read. Rejects with an ArgumentError, or with what a hook throws; any other failure is
   * a result.
   */
  async #perform(
    operation: Operation,
    args: () => CallArguments,
    request: RequestOptions | undefined,
    { begun, abandoned }: Waiting,
  ): Promise<Result<unknown>> {
    let call = prepare(operation, args(), request);
    let sent: Sent | undefined;
    try {
      call = withDefaultTimeout(call, this.#engine.settings.timeout);
      sent = await this.#send(call, await this.#version(call), abandoned);
      const { current } = this.#engine.version;
      // An older Engine rejects the request and names its version; later calls use that.
      if (sent.response.status === 400 && current !== sent.version && call.isRepeatable) {
        await sent.response.drain();
        sent = undefined;
        sent = await this.#send(call, current, abandoned);
      }
      if (!isSuccess(operation, sent.response)) throw await this.#engineError(call, sent);
      // Some Engines accept any version in a path, and ignore options that theirs lacks.
      refuseUnsupported(call, current);
      begun?.();
      return success(sent.response, await this.#read(call, sent));
    } catch (error) {
      release(call.body);
      // Nobody will read the answer. If it has been read, its connection is not affected.
      sent?.response.body.destroy();
      if (error instanceof FailedInspection) return error.failure;
      if (error instanceof ArgumentError || !isDockerError(error)) throw error;
      return failure(error, sent?.response);
    }
  }

  /** The version to try first. It is asked for if the body could not be sent again in another version. */
  async #version({ isRepeatable, operation, request }: PreparedCall): Promise<string> {
    const { settings, version } = this.#engine;
    if (!version.isSettled && !isRepeatable) {
      const asked = version.ask(this.#transport, settings.headers);
      await waitWithin(asked, request, operation.id);
    }
    return version.current;
  }

  /** Sends a call in an API version; resolves when the answer begins. */
  async #send(call: PreparedCall, version: string, abandoned: AbortSignal | undefined): Promise<Sent> {
    refuseUnsupported(call, version);
    const { operation, kind, path, query, headers, body, request } = call;
    // Before the request, after which the container may be gone.
    const format =
      operation.terminal && isFormatUnstated(version) ? await this.#inspectFormat(call) : undefined;
    const { isStream, send } = responseKinds[kind];
    // openapi-fetch builds the request and runs the hooks.
    const response = await this.#client.request(
      operation.method,
      `/v${version}${path}${query && `?${query}`}`,
      {
        fetch: (engineRequest: EngineRequest) => send(this.#transport, engineRequest),
        body,
        parseAs: "stream",
        settings: {
          operation: operation.id,
          headers: mergeHeaders(this.#engine.settings.headers, headers),
          signal: request.signal,
          abandoned,
          timeout: request.timeout,
          timeLeft: timeLeft(call),
          timeoutCovers: isStream ? "head" : "answer",
          idleTimeout: request.idleTimeout,
        },
      },
    );
    this.#engine.version.learn(response);
    return { response, version, format };
  }

  /** Reads the data of a successful answer, by response kind. */
  async #read(call: PreparedCall, { response, format }: Sent): Promise<unknown> {
    const { operation, kind, isDetached } = call;
    const isUnstated = kind === "frames" && format === undefined && statedFormat(response) === undefined;
    return responseKinds[kind].read(response, {
      operation: operation.id,
      format: isUnstated ? await this.#inspectFormat(call) : format,
      isDetached,
    });
  }

  /** The format of output by an inspection, which tells whether there is a terminal. */
  async #inspectFormat(call: PreparedCall): Promise<LogFormat | undefined> {
    const { operation, args, request } = call;
    const { terminal } = operation;
    if (!terminal) return undefined;
    const inspection = this.#api.operations[terminal.operation] as Operation;
    const { signal, headers, idleTimeout } = request;
    const limits = { signal, headers, idleTimeout, timeout: timeLeft(call) };
    const result = await this.#perform(inspection, () => ({ path: args.path ?? {} }), limits, {});
    if (!result.ok) throw new FailedInspection(result);
    return inspectedFormat(result.data, terminal.field);
  }

  async #engineError(
    { operation, path, query }: PreparedCall,
    { response, version }: Sent,
  ): Promise<EngineError> {
    const url = `/v${version}${path}${query && `?${query}`}`;
    const body = await response.failure();
    const { status } = response;
    const { id, method } = operation;
    return new EngineError(
      { status, operation: id, method, url: redactUrl(url), body },
      versionAdvice(this.#api.apiVersion, body, response),
    );
  }

  get #engine() {
    if (!this.#configured) {
      const settings = this.#configure();
      this.#configured = { settings, version: new ApiVersion(this.#api.apiVersion, settings.apiVersion) };
    }
    return this.#configured;
  }
}

/** The inspection that a call needs has failed, and the call with it. */
class FailedInspection extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.error.message);
    this.failure = failure;
  }
}

/** What is left of a call's timeout, in whole milliseconds. */
const timeLeft = ({ deadline }: PreparedCall): number | undefined =>
  deadline === undefined ? undefined : Math.max(1, Math.ceil(deadline - performance.now()));

/** Whether a status is any 2xx, or declared a success, such as the 304 of a container that is already running. */
function isSuccess({ successes }: Operation, { status }: EngineResponse): boolean {
  return (status >= 200 && status < 300) || successes.includes(status);
}
