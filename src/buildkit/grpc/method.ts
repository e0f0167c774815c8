import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { Metadata } from "./metadata.js";
import { Code, GrpcError } from "./status.js";

/** What a method knows about its call. */
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

/** Carries out a call. A GrpcError is told to the caller; anything else that it throws is for whoever serves it. */
export type Method = (exchange: Exchange) => Promise<void>;

/** Methods by path, such as "/grpc.health.v1.Health/Check". */
export type Methods = Readonly<Record<string, Method>>;

/** A method with one message each way. */
export function unary<I extends DescMessage, O extends DescMessage>(
  request: I,
  response: O,
  answer: (message: MessageShape<I>, call: CallInfo) => MessageInitShape<O> | Promise<MessageInitShape<O>>,
): Method {
  return async ({ requests, respond, ...call }) => {
    const first = await requests.next();
    if (first.done) throw new GrpcError(Code.INTERNAL, "the call has no message");
    await respond(encode(response, await answer(decode(request, first.value), call)));
  };
}

/** A method with any number of messages each way. */
export function streaming<I extends DescMessage, O extends DescMessage>(
  request: I,
  response: O,
  carryOut: (
    messages: AsyncGenerator<MessageShape<I>, void, undefined>,
    send: (message: MessageInitShape<O>) => Promise<void>,
    call: CallInfo,
  ) => Promise<void>,
): Method {
  return ({ requests, respond, ...call }) => {
    const messages = (async function* () {
      for await (const bytes of requests) yield decode(request, bytes);
    })();
    return carryOut(messages, (message) => respond(encode(response, message)), call);
  };
}

const encode = <T extends DescMessage>(schema: T, message: MessageInitShape<T>): Uint8Array =>
  toBinary(schema, create(schema, message));

function decode<T extends DescMessage>(schema: T, bytes: Uint8Array): MessageShape<T> {
  try {
    return fromBinary(schema, bytes);
  } catch (error) {
    throw new GrpcError(Code.INTERNAL, `a ${schema.name} cannot be read: ${(error as Error).message}`);
  }
}
