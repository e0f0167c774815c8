import http2, { type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from "node:http2";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** How a call of a {@link GrpcClient} ended. */
export interface Ended<T> {
  readonly messages: T[];
  readonly status: number;
  readonly message: string;
}

/** Reads the messages of an answer. */
interface Reader<T> {
  decode(bytes: Uint8Array): T;
}

/** Writes the messages of a call. */
interface Writer<T> {
  encode(message: Partial<T>): Uint8Array;
}

export const framed = (message: Uint8Array): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};

/** The Engine's half of a session: a client of gRPC on an open connection. */
export class GrpcClient {
  readonly session: ClientHttp2Session;

  constructor(connection: Duplex) {
    this.session = http2.connect("http://engine", { createConnection: () => connection });
    this.session.on("error", () => undefined);
  }

  open(path: string, headers: OutgoingHttpHeaders = {}): ClientHttp2Stream {
    const stream = this.session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      ...headers,
    });
    stream.on("error", () => undefined);
    return stream;
  }

  /** A call with one message. */
  unary<I, O>(path: string, writer: Writer<I>, message: Partial<I>, reader: Reader<O>): Promise<Ended<O>> {
    const stream = this.open(path);
    stream.end(framed(writer.encode(message)));
    return ended(stream, reader);
  }

  close(): void {
    this.session.destroy();
  }
}

/** Reads the answer to a call. */
export async function ended<O>(
  stream: ClientHttp2Stream,
  reader: Reader<O>,
  each: (message: O) => void = () => undefined,
): Promise<Ended<O>> {
  const told: Record<string, unknown> = {};
  stream.on("response", (headers) => Object.assign(told, headers));
  stream.on("trailers", (headers) => Object.assign(told, headers));
  const closed = new Promise((resolve) => stream.once("close", resolve));
  const messages: O[] = [];
  let rest = Buffer.alloc(0);
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const end = 5 + rest.readUInt32BE(1);
      const message = reader.decode(rest.subarray(5, end));
      rest = rest.subarray(end);
      messages.push(message);
      each(message);
    }
  }
  // The trailers may come with the end or after it.
  for (let waits = 0; waits < 100 && told["grpc-status"] === undefined && !stream.closed; waits += 1)
    await sleep(1);
  if (!stream.writableEnded) stream.end();
  await closed;
  return {
    messages,
    status: Number(told["grpc-status"]),
    message: decodeURIComponent(String(told["grpc-message"] ?? "")),
  };
}
