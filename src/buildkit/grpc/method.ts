import type { Metadata } from "./metadata.js";
import { Code, GrpcError } from "./status.js";

/** A method's knowledge about its call. */
export interface CallInfo {
  readonly metadata: Metadata;
  /** Fires when the call is over, or its caller is gone. */
  readonly signal: AbortSignal;
}

/** A call as bytes: its messages, and how to answer one. */
export interface Exchange extends CallInfo {
  readonly requests: AsyncGenerator<Uint8Array, void, undefined>;
  /** Resolves when the next message may follow. */
  readonly respond: (message: Uint8Array) => Promise<void>;
}

/** Carries out a call. A GrpcError goes to the caller; anything else it throws goes to the server. */
export type Method = (exchange: Exchange) => Promise<void>;

/** Methods by path, such as "/grpc.health.v1.Health/Check". */
export type Methods = Readonly<Record<string, Method>>;

/** Writes and reads the messages of a type. */
interface Codec<T> {
  encode(message: Partial<T>): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** A method with one message each way. */
export function unary<I, O>(
  request: Codec<I>,
  response: Codec<O>,
  answer: (message: I, call: CallInfo) => Partial<O> | Promise<Partial<O>>,
): Method {
  return async ({ requests, respond, ...call }) => {
    const first = await requests.next();
    if (first.done) throw new GrpcError(Code.INTERNAL, "the call has no message");
    await respond(response.encode(await answer(decoded(request, first.value), call)));
  };
}

/** A method with any number of messages each way. */
export function streaming<I, O>(
  request: Codec<I>,
  response: Codec<O>,
  carryOut: (
    messages: AsyncGenerator<I, void, undefined>,
    send: (message: Partial<O>) => Promise<void>,
    call: CallInfo,
  ) => Promise<void>,
): Method {
  return ({ requests, respond, ...call }) => {
    const messages = (async function* () {
      for await (const bytes of requests) yield decoded(request, bytes);
    })();
    return carryOut(messages, (message) => respond(response.encode(message)), call);
  };
}

function decoded<T>(codec: Codec<T>, bytes: Uint8Array): T {
  try {
    return codec.decode(bytes);
  } catch (error) {
    throw new GrpcError(Code.INTERNAL, `a message cannot be read: ${(error as Error).message}`);
  }
}
