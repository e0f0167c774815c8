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

/** What {@link failure} returns: stands in for a call of any operation. */
export type FailedCall = StreamCall<never, never, Extract<ImageGetResult, { readonly ok: false }>>;

/**
 * A call that has succeeded, for a fake made by hand or a spy. It is what an operation returns: await it, ask for its
 * `result()` or wait for `begun()`.
 *
 * @param data what awaiting the call gives: a part of the operation's answer will do; of an operation that streams, the
 *   stream; nothing of one that answers with nothing
 * @returns the call; its type is the one that is asked for
 * @example
 * jest.spyOn(docker, "containerInspect").mockReturnValue(success({ State: { Running: true } }));
 * vi.spyOn(docker, "containerStart").mockImplementation(() => success());
 */
export function success(): Call<void>;
export function success(tar: TarStream): ImageGetCall;
export function success<Value, Stream extends AsyncIterable<Value>>(
  stream: Stream & AsyncIterable<Value>,
): StreamCall<Stream, Value>;
export function success<Data>(data: Part<NoInfer<Data>>): Call<Data>;
export function success(data?: unknown): Call<unknown> {
  const result = { ok: true, status: data === undefined ? 204 : 200, headers: new Headers(), data } as const;
  if (data instanceof TarStream) return imageGetCall({ ...result, data });
  return isStream(data)
    ? new StreamCall(async () => ({ ...result, data }))
    : new Call<unknown>(async () => result);
}

/**
 * A call that has failed, for a fake made by hand or a spy: awaiting it throws, its `result()` has the error.
 *
 * @param status HTTP status of the Engine's answer, for an {@link EngineError}
 * @param message the Engine's words
 * @returns a call that stands in for one of any operation
 * @example
 * jest.spyOn(docker, "containerInspect").mockReturnValue(failure(404, "No such container: web"));
 * vi.spyOn(docker, "systemPing").mockReturnValue(failure(new TimeoutError("no answer")));
 */
export function failure(status: number, message: string): FailedCall;
/** @param error what awaiting the call throws */
export function failure(error: DockerError): FailedCall;
export function failure(given: number | DockerError, message = ""): FailedCall {
  const call = imageGetCall(
    typeof given === "number" ? answered(given, message) : { ok: false, error: given },
  );
  // It is made before anyone awaits it.
  call.catch(() => undefined);
  return call as Call<TarStream, ImageGetResult> as FailedCall;
}

function answered(status: number, message: string): Result<never> {
  const call = { operation: "A mocked call", method: "GET", url: "/" };
  const error = new EngineError({ ...call, status, body: { message } });
  return { ok: false, status, headers: new Headers(), error };
}

/** With the arms of an imageGet, which other operations do not mind. */
const imageGetCall = (result: Result<TarStream>): ImageGetCall =>
  new StreamCall<TarStream, Buffer, ImageGetResult>(async () => armOf(result));

const isStream = (data: unknown): data is AsyncIterable<unknown> =>
  typeof data === "object" && data !== null && Symbol.asyncIterator in data;
