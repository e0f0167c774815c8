import type { Operation } from "#generated/operations.js";
import type { RequestOptions } from "#generated/options.js";
import type { ErrorResponse, RequestedPlatform as Platform } from "#generated/schema.js";
import { describe, reading } from "../arguments.js";
import { ArgumentError, type DockerError, type EngineError, isEngineError } from "../errors.js";
import { readPlatform } from "../platform.js";
import type { TarStream } from "../streams/index.js";
import { CallSite, type StreamCall } from "./call.js";
import type { Performer } from "./perform.js";
import type { Result, Success } from "./result.js";

/** Result of {@link imageGet}; check `kind`. */
export type ImageGetResult =
  /** The image, as a tar archive. */
  | {
      /** Whether it succeeded. */
      readonly ok: true;
      /** Tells the three cases apart. */
      readonly kind: "archive";
      /** HTTP status. */
      readonly status: 200;
      /** The answer's headers. */
      readonly headers: Headers;
      /** The tar, to be read or closed. */
      readonly data: TarStream;
    }
  /** A failure declared in the API description, with the Engine's message. */
  | {
      /** Whether it succeeded. */
      readonly ok: false;
      /** Tells the three cases apart. */
      readonly kind: "errorResponse";
      /** HTTP status. */
      readonly status: number;
      /** The answer's headers. */
      readonly headers: Headers;
      /** The answer's body. */
      readonly data: ErrorResponse;
      /** The error that awaiting the call throws. */
      readonly error: EngineError;
    }
  /** Any other failure: no Engine, no answer in time, an undeclared status or body. */
  | {
      /** Whether it succeeded. */
      readonly ok: false;
      /** Tells the three cases apart. */
      readonly kind: "failure";
      /** HTTP status, if the Engine answered. */
      readonly status?: number;
      /** The answer's headers, if the Engine answered. */
      readonly headers?: Headers;
      /** The error that awaiting the call throws. */
      readonly error: DockerError;
    };

/** An export in progress: await it for the tar, or its `result()` for one of the three cases. */
export interface ImageGetCall extends StreamCall<TarStream, Buffer> {
  /** The outcome as a value, one of three cases; check `kind`. @throws {ArgumentError} the name or platform is invalid */
  result(): Promise<ImageGetResult>;
}

/** The part of the client that exports images. */
export interface ImageExporter {
  /** Exports an image as a tar archive. */
  imageGet(name: string, platform?: Platform | string, request?: RequestOptions): ImageGetCall;
}

/**
 * Exports an image as a tar archive, for all its platforms or one. The function form of `docker.imageGet(…).result()`.
 *
 * @param docker the client
 * @param name name or ID of the image, such as "alpine:3.20"
 * @param platform "os/arch[/variant]" or an OCI platform; all platforms the Engine has if omitted
 * @param request signal, timeouts in milliseconds, and headers
 * @returns the tar, a declared failure of the Engine, or any other failure; see {@link ImageGetResult}
 * @throws {ArgumentError} the name or platform is invalid
 * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImageGet
 * @example
 * const result = await imageGet(docker, "alpine:3.20", "linux/arm64");
 * if (result.ok) await result.data.toFile("alpine.tar");
 * else console.error(result.error.message);
 */
export async function imageGet(
  docker: ImageExporter,
  name: string,
  platform?: Platform | string,
  request?: RequestOptions,
): Promise<ImageGetResult> {
  const site = new CallSite(imageGet);
  if (typeof (docker as Partial<ImageExporter> | undefined)?.imageGet !== "function") {
    const problem = `imageGet: the first argument must be a Docker, not ${describe(docker)}`;
    throw new ArgumentError(problem);
  }
  const result = await site.trace(docker.imageGet(name, platform, request).result());
  if (!result.ok) site.claim(result.error);
  return result;
}

/** Starts an export; `operation` is the ImageGet of the API version. */
export function exportImage(
  performer: Performer,
  operation: Operation,
  name: string,
  platform: Platform | readonly Platform[] | string | undefined,
  request: RequestOptions | undefined,
): ImageGetCall {
  const site = new CallSite(exportImage, "ImageGet");
  const read = (one: Platform | string): Platform => readPlatform(one, "ImageGet");
  const readAll = () =>
    platform === undefined ? undefined : isList(platform) ? platform.map(read) : read(platform);
  const args = () => ({ path: { name }, options: { platform: reading("ImageGet", readAll) } });
  const call = performer.start(operation, args, request, site, (result) => armOf(operation, result));
  return call as unknown as ImageGetCall;
}

const isList = (platform: object | string): platform is readonly Platform[] => Array.isArray(platform);

/** Sorts a result into the three cases. It adds fields in place: a copy would build the headers, which few callers read. */
export function armOf({ failures }: Pick<Operation, "failures">, result: Result<unknown>): ImageGetResult {
  if (result.ok)
    return Object.assign(result as Success<TarStream>, { kind: "archive", status: 200 } as const);
  const { error, status, headers } = result;
  if (status !== undefined && headers && isDeclaredFailure(error, failures)) {
    return { ok: false, kind: "errorResponse", status, headers, data: error.body, error };
  }
  return Object.assign(result, { kind: "failure" } as const);
}

function isDeclaredFailure(
  error: DockerError,
  declared: readonly number[],
): error is EngineError & { readonly body: ErrorResponse } {
  if (!isEngineError(error) || !declared.includes(error.status)) return false;
  return typeof (error.body as Partial<ErrorResponse> | null | undefined)?.message === "string";
}
