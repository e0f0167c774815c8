import { type DockerError, EngineError } from "../errors.js";
import {
  armOf,
  Call,
  type ImageGetCall,
  type ImageGetResult,
  type Result,
  StreamCall,
} from "../operation/index.js";
import { TarStream } from "../streams/index.js";
import type { Part } from "./mocked-operations.js";

/** Result of {@link failure}; fits any operation. */
export interface FailedCall extends StreamCall<never, never> {
  result(): Promise<Extract<ImageGetResult, { readonly ok: false }>>;
}

/**
 * A successful call without data, for hand-written fakes and spies. It behaves like an operation's: await it, or its
 * `result()`.
 *
 * @returns the call
 * @example
 * vi.spyOn(docker, "containerStart").mockImplementation(() => success());
 */
export function success(): Call<void>;
/**
 * A successful export of an image, for hand-written fakes and spies.
 *
 * @param tar the archive
 * @returns the call, like one of `docker.imageGet`
 */
export function success(tar: TarStream): ImageGetCall;
/**
 * A successful call that streams, for hand-written fakes and spies. It behaves like an operation's: iterate or await it, its
 * `result()` or its `begun()`.
 *
 * @param stream the value that awaiting the call gives
 * @returns the call
 */
export function success<Value, Stream extends AsyncIterable<Value>>(
  stream: Stream & AsyncIterable<Value>,
): StreamCall<Stream, Value>;
/**
 * A successful call, for hand-written fakes and spies. It behaves like an operation's: await it, or its `result()`.
 *
 * @param data the operation's answer, or the part of it that the code under test reads
 * @returns the call, of the type the context requires
 * @example
 * jest.spyOn(docker, "containerInspect").mockReturnValue(success({ State: { Running: true } }));
 */
export function success<Data>(data: Part<NoInfer<Data>>): Call<Data>;
export function success(data?: unknown): Call<unknown> {
  const result = { ok: true, status: data === undefined ? 204 : 200, headers: new Headers(), data } as const;
  if (data instanceof TarStream) return imageGetCall({ ...result, data });
  return isStream(data)
    ? new StreamCall(async () => ({ ...result, data }))
    : new Call<unknown>(async () => result);
}

/**
 * A failed call, for hand-written fakes and spies: awaiting it throws, and its `result()` has the error.
 *
 * @param status HTTP status of the Engine's answer, for an {@link EngineError}
 * @param message the Engine's message
 * @returns a call that fits any operation
 * @example
 * jest.spyOn(docker, "containerInspect").mockReturnValue(failure(404, "No such container: web"));
 * vi.spyOn(docker, "systemPing").mockReturnValue(failure(new TimeoutError("no answer")));
 */
export function failure(status: number, message: string): FailedCall;
/** @param error the error that awaiting the call throws */
export function failure(error: DockerError): FailedCall;
export function failure(given: number | DockerError, message = ""): FailedCall {
  const call = imageGetCall(
    typeof given === "number" ? answered(given, message) : { ok: false, error: given },
  );
  // It is created before anyone awaits it.
  call.catch(() => undefined);
  return call as Call<TarStream> as FailedCall;
}

function answered(status: number, message: string): Result<never> {
  const call = { operation: "A mocked call", method: "GET", url: "/" };
  const error = new EngineError({ ...call, status, body: { message } });
  return { ok: false, status, headers: new Headers(), error };
}

/** The failures that every API version declares for an export. */
const EXPORT_FAILURES = [400, 404, 500];

/** Includes the fields of imageGet's result, which do no harm elsewhere. */
const imageGetCall = (result: Result<TarStream>): ImageGetCall =>
  new StreamCall<TarStream, Buffer>(async () => armOf({ failures: EXPORT_FAILURES }, result)) as ImageGetCall;

const isStream = (data: unknown): data is AsyncIterable<unknown> =>
  typeof data === "object" && data !== null && Symbol.asyncIterator in data;
