import type { CallArguments, Caller } from "#generated/client.js";
import type { Operation } from "#generated/operations.js";
import type { RequestOptions } from "#generated/options.js";
import { ArgumentError, isDockerError } from "../errors.js";
import type { LogFormat } from "../streams/index.js";
import { type EngineRequest, type EngineResponse, mergeHeaders, type Transport } from "../transport/index.js";
import { versionOf } from "./api-version.js";
import { Call, CallSite, type Outcome, StreamCall } from "./call.js";
import { engineErrorOf } from "./engine-error.js";
import { FetchClient } from "./fetch-client.js";
import { type Hook, middlewareOf } from "./hooks.js";
import { type Api, type CallSettings, KnownEngine } from "./known-engine.js";
import { FailedInspection, inspectedFormat, isFormatUnstated, statedFormat } from "./log-format.js";
import { release } from "./prepare/body.js";
import {
  type PreparedCall,
  prepare,
  refuseUnsupported,
  timeLeft,
  urlOf,
  withDefaultTimeout,
} from "./prepare/prepare.js";
import { prepareRequest, type RawRequest } from "./prepare/raw-request.js";
import type { RawResponse } from "./raw-response.js";
import { responseKinds } from "./response-kinds.js";
import { type Answered, type Failure, failure, isSuccess, type Result, resultOf } from "./result.js";

/** Whoever waits for a call. */
interface Waiting {
  /** Called when a successful answer has begun. */
  readonly begun?: () => void;
  /** Fires once nobody waits. */
  readonly abandoned?: AbortSignal | undefined;
}

/** An answer that has begun, and the request it answers. */
interface Sent {
  readonly response: EngineResponse;
  /** API version of the request. */
  readonly version: string;
  /** Format of its output, if an Engine of that version does not state it. */
  readonly format: LogFormat | undefined;
}

/** Looks up anything that a checked call must send but was not given. Failures that are errors of this package are results. */
export type LookUp = (call: PreparedCall) => Promise<PreparedCall>;

/** Performs operations on one Engine. */
export class Performer implements Caller {
  readonly #api: Api;
  readonly #transport: Transport;
  readonly #configure: () => CallSettings;
  #known: KnownEngine | undefined;
  readonly #client = new FetchClient();

  /** `configure` runs at the first call, and may throw a ConfigError. */
  constructor(api: Api, transport: Transport, configure: () => CallSettings) {
    this.#api = api;
    this.#transport = transport;
    this.#configure = configure;
  }

  /** The API version of the next call, unless another one is pinned. */
  get apiVersion(): string {
    return this.#known?.version.current ?? this.#api.apiVersion;
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
   * @param lookUp completes the call before it is sent
   */
  start(
    operation: Operation,
    args: () => CallArguments,
    request: RequestOptions | undefined,
    site: CallSite,
    form?: (result: Result<unknown>) => Result<unknown>,
    lookUp?: LookUp,
  ): Call<unknown> {
    const prepared = () => prepare(operation, args(), request);
    return this.#start(prepared, responseKinds[operation.kind].isStream, site, form, lookUp);
  }

  /** Starts a request to any path; called by `docker.request`. */
  request(request: RawRequest, callee: (...args: never[]) => unknown): StreamCall<RawResponse, Buffer> {
    const site = new CallSite(callee);
    return this.#start(() => prepareRequest(request), true, site) as StreamCall<RawResponse, Buffer>;
  }

  #start(
    prepared: () => PreparedCall,
    isStream: boolean,
    site: CallSite,
    form: (result: Result<unknown>) => Result<unknown> = (result) => result,
    lookUp?: LookUp,
  ): Call<unknown> {
    const run = async (begun: () => void, abandoned?: AbortSignal): Promise<Answered | Failure> => {
      try {
        const outcome = await this.#perform(prepared, { begun, abandoned }, lookUp);
        if (!outcome.ok) site.claim(outcome.error);
        return outcome;
      } catch (error) {
        site.claim(error);
        throw error;
      }
    };
    const toResult = (outcome: Outcome<unknown>) => form(resultOf(outcome as Answered | Failure));
    if (!isStream) return new Call(run, toResult);
    type Stream = AsyncIterable<unknown>;
    return new StreamCall<Stream, unknown>(
      run as () => Promise<Outcome<Stream>>,
      toResult as () => Result<Stream>,
    );
  }

  /**
   * A call: prepare → version → send → read. Rejects with an ArgumentError, or with the error that a hook throws; any
   * other failure is a result.
   */
  async #perform(
    prepared: () => PreparedCall,
    { begun, abandoned }: Waiting,
    lookUp?: LookUp,
  ): Promise<Answered | Failure> {
    let call = prepared();
    let sent: Sent | undefined;
    try {
      call = withDefaultTimeout(call, this.#engine.timeout);
      if (lookUp) call = await lookUp(call);
      if (call.isVersioned && this.#engine.mustSayVersion(call)) await this.#engine.ask(call);
      sent = await this.#send(call, this.#engine.version.current, abandoned);
      // Docker Desktop may refuse a version on the Engine's behalf, without naming the one that it speaks.
      const mayBeRefused = sent.response.status === 400 && call.isVersioned;
      if (mayBeRefused && !this.#engine.version.isSettled) await this.#engine.ask(call);
      const { current } = this.#engine.version;
      // An older Engine rejects the request and names its version; later calls use that.
      if (mayBeRefused && current !== sent.version && call.isRepeatable) {
        await sent.response.drain();
        sent = undefined;
        sent = await this.#send(call, current, abandoned);
      }
      if (!isSuccess(call.operation, sent.response)) {
        throw await engineErrorOf(call, sent, this.#api.apiVersion);
      }
      // Some Engines accept any version in a path, and ignore options that theirs lacks.
      refuseUnsupported(call, sent.version, versionOf(sent.response));
      begun?.();
      return { ok: true, data: await this.#read(call, sent), response: sent.response };
    } catch (error) {
      release(call.body);
      // Nobody will read the answer. If it has been read, its connection is not affected.
      sent?.response.body.destroy();
      if (error instanceof FailedInspection) return error.failure;
      if (error instanceof ArgumentError || !isDockerError(error)) throw error;
      return failure(error, sent?.response);
    }
  }

  /** Sends a call in an API version; resolves when the answer begins. */
  async #send(call: PreparedCall, version: string, abandoned: AbortSignal | undefined): Promise<Sent> {
    const { engine } = this.#engine.version;
    refuseUnsupported(call, version, engine);
    const { operation, kind, headers, body, request } = call;
    // Before the request: afterwards, the container may be gone.
    const format =
      operation.terminal && isFormatUnstated(version, engine) ? await this.#inspectFormat(call) : undefined;
    const { isStream, send } = responseKinds[kind];
    // openapi-fetch builds the request and runs the hooks.
    const client = this.#client.loaded ?? (await this.#client.load());
    const { response } = await client.request(operation.method, urlOf(call, version), {
      fetch: (engineRequest: EngineRequest) => send(this.#transport, engineRequest),
      body,
      parseAs: "stream",
      settings: {
        operation: operation.id,
        headers: mergeHeaders(this.#engine.headers, headers),
        signal: request.signal,
        abandoned,
        timeout: request.timeout,
        timeLeft: timeLeft(call),
        isStream,
        idleTimeout: request.idleTimeout,
      },
    });
    this.#engine.version.learn(response);
    return { response, version, format };
  }

  /** Reads the data of a successful answer, by response kind. */
  #read(call: PreparedCall, { response, format }: Sent): unknown {
    const { kind, operation } = call;
    const { hasFormat } = responseKinds[kind];
    if (hasFormat && (kind === "frames" || response.upgraded))
      return this.#readOutput(call, response, format);
    return responseKinds[kind].read(response, { operation: operation.id, isDetached: call.isDetached });
  }

  async #readOutput(
    call: PreparedCall,
    response: EngineResponse,
    unstated: LogFormat | undefined,
  ): Promise<unknown> {
    const { kind, operation, isDetached } = call;
    const format =
      unstated ?? (await this.#statedFormat(call, response)) ?? (await this.#inspectFormat(call));
    return responseKinds[kind].read(response, { operation: operation.id, format, isDetached });
  }

  /** The format that an answer states, except "raw" on an upgraded connection of an Engine that always says so: Podman 4.3. */
  async #statedFormat(call: PreparedCall, response: EngineResponse): Promise<LogFormat | undefined> {
    const stated = statedFormat(response);
    if (stated !== "raw" || !response.upgraded) return stated;
    const { version } = this.#engine;
    if (version.engine === undefined) await this.#engine.ask(call);
    return isFormatUnstated(version.current, version.engine) ? undefined : stated;
  }

  /** The format of output by an inspection, which tells whether there is a terminal. */
  async #inspectFormat(call: PreparedCall): Promise<LogFormat | undefined> {
    const { operation, args, request } = call;
    const { terminal } = operation;
    if (!terminal) return undefined;
    const inspection = this.#api.operations[terminal.operation] as Operation;
    const { signal, headers, idleTimeout } = request;
    const limits = { signal, headers, idleTimeout, timeout: timeLeft(call) };
    const result = await this.#perform(() => prepare(inspection, { path: args.path ?? {} }, limits), {});
    if (!result.ok) throw new FailedInspection(result);
    return inspectedFormat(result.data, terminal.field);
  }

  get #engine(): KnownEngine {
    this.#known ??= new KnownEngine(this.#api, this.#transport, this.#configure());
    return this.#known;
  }
}
