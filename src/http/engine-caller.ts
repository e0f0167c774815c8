import createClient, { type Client as FetchClient } from "openapi-fetch";
import type { CallArguments, Caller, RequestOptions, Returns } from "../../generated/client.js";
import { apiVersion, type Operation } from "../../generated/operations.js";
import { ArgumentError, EngineError, isDockerError, StreamError } from "../errors/index.js";
import { type Transport, type WireBody, WireRequest, type WireResponse } from "../transport/index.js";
import { finishers } from "./answer.js";
import { writeBody } from "./body.js";
import { Call } from "./call.js";
import { checkHeader, writeParameters } from "./parameters.js";
import { writePath } from "./path.js";
import { redactUrl } from "./redact.js";
import type { Result } from "./result.js";
import type { DockerReturns } from "./returns.js";

/** Path, query, headers and body, written and checked. */
interface WrittenCall {
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly body: WireBody | undefined;
}

/** The paths are the operations table's, so openapi-fetch gets them as plain strings. */
type AnyPaths = Record<string, Record<string, never>>;

/** Carries out operations on an Engine: writes the request, sends it through openapi-fetch, reads the answer. */
export class EngineCaller implements Caller<DockerReturns> {
  readonly #transport: Transport;
  readonly #client: FetchClient<AnyPaths>;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(transport: Transport, headers: Readonly<Record<string, string>>) {
    this.#transport = transport;
    this.#headers = headers;
    this.#client = createClient<AnyPaths>({
      // Light stand-ins: the platform's Request and Response cost several times what the rest of a call does.
      Request: WireRequest as unknown as typeof Request,
    });
  }

  call<Kind extends keyof Returns, Data = unknown>(
    operation: Operation,
    args: CallArguments,
    request: RequestOptions = {},
  ): (DockerReturns & { readonly data: Data })[Kind] {
    const call = Call.of(async () => {
      checkTimeout(operation, request.timeout);
      return this.#run(operation, this.#write(operation, args, request), request);
    });
    return call as (DockerReturns & { readonly data: Data })[Kind];
  }

  #write(operation: Operation, args: CallArguments, request: RequestOptions): WrittenCall {
    const options: Readonly<Record<string, unknown>> =
      args.body === undefined ? { ...args.options } : { ...args.options, body: args.body };
    const { query, headers } = writeParameters(operation, options);
    const body = writeBody(operation, options.body);
    for (const [name, value] of Object.entries(request.headers ?? {})) {
      if (value !== null) checkHeader(name, value, `${operation.id}: the header ${name}`);
    }
    return {
      path: `/v${apiVersion}${writePath(operation.path, args.path ?? {}, operation.id)}`,
      query,
      headers: {
        ...this.#headers,
        ...headers,
        ...(body === undefined || !operation.body ? {} : { "Content-Type": operation.body }),
        ...request.headers,
      },
      body,
    };
  }

  async #run(
    operation: Operation,
    written: WrittenCall,
    { signal, timeout }: RequestOptions,
  ): Promise<Result<unknown>> {
    const { finish, parseAs, send = "send" } = finishers[operation.kind];
    let response: WireResponse | undefined;
    try {
      const answer = (await this.#client.request(
        operation.method.toLowerCase() as never,
        written.path as never,
        {
          fetch: async (wire: WireRequest) => {
            response = await this.#transport[send](wire);
            return response;
          },
          headers: written.headers,
          body: written.body,
          bodySerializer: (body: unknown) => body,
          querySerializer: () => written.query,
          parseAs,
          signal,
          timeout,
          operation: operation.id,
        } as never,
      )) as unknown as { data?: unknown; error?: unknown; response: WireResponse };
      if (!answer.response.ok) return failure(answer.response, operation, written, answer.error);
      return success(answer.response, await finish(answer.data, answer.response, operation.id));
    } catch (error) {
      if (error instanceof ArgumentError) throw error;
      const status = response && { status: response.status, headers: response.allHeaders };
      if (isDockerError(error)) return { ok: false, ...status, error };
      if (error instanceof SyntaxError) {
        const message = `${operation.id}: the Engine's answer is not JSON: ${error.message}`;
        return { ok: false, ...status, error: new StreamError(message, { cause: error }) };
      }
      throw error;
    }
  }
}

function success(response: WireResponse, data: unknown): Result<unknown> {
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
  response: WireResponse,
  { id, method }: Operation,
  written: WrittenCall,
  body: unknown,
): Result<never> {
  const { path, query } = written;
  const url = redactUrl(query ? `${path}?${query}` : path);
  return {
    ok: false,
    status: response.status,
    get headers() {
      return response.allHeaders;
    },
    error: new EngineError({ status: response.status, operation: id, method, url, body }),
  };
}

function checkTimeout({ id }: Operation, timeout: number | undefined): void {
  if (timeout === undefined || (Number.isFinite(timeout) && timeout > 0)) return;
  throw new ArgumentError(`${id}: timeout must be a positive number of milliseconds, not ${timeout}`);
}
