import http2, { type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import { frame, readFrames } from "./frames.js";
import { Metadata } from "./metadata.js";
import type { Method, Methods } from "./method.js";
import { Code, GrpcError } from "./status.js";

/** Node's 64 KiB halve the speed; 8 MiB made Bun hang. */
const WINDOW = 1 << 20;
const SETTINGS = { initialWindowSize: WINDOW, maxConcurrentStreams: 1000 };
const HEADERS = { ":status": 200, "content-type": "application/grpc+proto" };

/** The server half of gRPC on one connection. */
export interface GrpcServer {
  /** Resolves when the connection is closed, by either side; with its error, if one closed it. */
  readonly closed: Promise<Error | undefined>;
  /** Ends all calls, and closes the connection. */
  close(): Promise<void>;
}

/**
 * Serves the methods to the other end of an open connection.
 *
 * @param onFailure takes what a method throws other than a GrpcError
 */
export function serve(duplex: Duplex, methods: Methods, onFailure: (error: unknown) => void): GrpcServer {
  let failure: Error | undefined;
  const note = (error: Error): void => {
    failure ??= error;
  };
  duplex.on("error", note);
  const session = handshake(duplex, (stream, headers, raw) => {
    const path = String(headers[":path"]);
    const method = Object.hasOwn(methods, path) ? methods[path] : undefined;
    void carryOut(stream, method ?? unknown(path), new Metadata(raw, headers), onFailure);
  });
  session.on("error", note);
  const closed = new Promise<Error | undefined>((resolve) => {
    session.once("close", () => resolve(failure));
    duplex.once("close", () => resolve(failure));
  });
  // Node reads what the connection has buffered in the next tick, and throws where nobody can catch if the session is gone.
  const ready = new Promise((resolve) => setImmediate(resolve));
  return {
    closed,
    close: async () => {
      await ready;
      session.destroy();
      duplex.destroy();
    },
  };
}

type OnStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: string[] | undefined) => void;

function handshake(duplex: Duplex, onStream: OnStream): ServerHttp2Session {
  const session = http2.performServerHandshake
    ? http2.performServerHandshake(duplex, { settings: SETTINGS })
    : served(duplex);
  const listener = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _: number, raw?: string[]) =>
    onStream(stream, headers, raw);
  session.on("stream", listener as (...event: unknown[]) => void);
  widen(session);
  return session;
}

/** For runtimes that have servers only. */
function served(duplex: Duplex): ServerHttp2Session {
  const server = http2.createServer({ settings: SETTINGS });
  let session: ServerHttp2Session | undefined;
  server.once("session", (started) => {
    session = started;
  });
  server.emit("connection", duplex);
  if (!session) throw new Error("this runtime does not serve HTTP/2 on an open connection");
  return session;
}

function widen(session: ServerHttp2Session): void {
  try {
    session.setLocalWindowSize(WINDOW);
  } catch {
    // Deno lacks the call, and is only slower without it.
  }
}

const unknown =
  (path: string): Method =>
  async () => {
    throw new GrpcError(Code.UNIMPLEMENTED, `unknown method ${path}`);
  };

async function carryOut(
  stream: ServerHttp2Stream,
  method: Method,
  metadata: Metadata,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const over = new AbortController();
  stream.on("error", () => undefined);
  stream.once("close", () => over.abort());
  const answer = new Answer(stream);
  const respond = (message: Uint8Array): Promise<void> => answer.send(message);
  try {
    await method({ requests: readFrames(bytesOf(stream)), respond, metadata, signal: over.signal });
    answer.end();
  } catch (error) {
    if (error instanceof GrpcError) {
      answer.fail(error);
    } else {
      // The caller may be gone, which would explain it.
      if (!over.signal.aborted && !((error as Error)?.cause instanceof GrpcError)) onFailure(error);
      answer.fail(new GrpcError(Code.INTERNAL, "the client of the build has failed, and says why itself"));
    }
  }
  // The caller need not have ended its half.
  stream.resume();
}

/** The caller's messages. @throws {GrpcError} it did not send all of them */
async function* bytesOf(stream: ServerHttp2Stream): AsyncGenerator<Buffer, void, undefined> {
  try {
    // Leaving the loop over a stream would reset it, and with it the answer.
    yield* stream.iterator({ destroyOnReturn: false });
  } catch (error) {
    throw new GrpcError(Code.CANCELLED, (error as Error).message);
  }
  // A stream that is reset looks as if it had ended.
  if (stream.aborted || stream.rstCode) throw new GrpcError(Code.CANCELLED, "the call was cancelled");
}

/** The answer to a call: headers, messages, and the status as trailers. */
class Answer {
  readonly #stream: ServerHttp2Stream;
  #begun = false;
  #status: Record<string, string> = { "grpc-status": String(Code.OK) };
  #drained: Promise<void> | undefined;

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
    stream.on("wantTrailers", () => stream.sendTrailers(this.#status));
  }

  async send(message: Uint8Array): Promise<void> {
    const stream = this.#stream;
    if (this.#isOver) throw new GrpcError(Code.CANCELLED, "the caller is gone");
    this.#begin();
    if (!stream.write(frame(message))) this.#drained ??= this.#drain();
    await this.#drained;
  }

  end(): void {
    if (this.#isOver) return;
    this.#begin();
    this.#stream.end();
  }

  fail({ status, message }: GrpcError): void {
    if (this.#isOver) return;
    this.#status = { "grpc-status": String(status), "grpc-message": percentEncoded(message) };
    if (this.#begun) this.#stream.end();
    else this.#stream.respond({ ...HEADERS, ...this.#status }, { endStream: true });
  }

  get #isOver(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#stream.respond(HEADERS, { waitForTrailers: true });
  }

  /** One wait for all senders: separate ones would add hundreds of listeners. */
  #drain(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#stream.off("drain", done).off("close", done);
        this.#drained = undefined;
        resolve();
      };
      this.#stream.on("drain", done).on("close", done);
    });
  }
}

/** As gRPC writes a message in a header: all but printable ASCII as %XX. */
const percentEncoded = (text: string): string =>
  Array.from(Buffer.from(text), (byte) =>
    byte >= 0x20 && byte <= 0x7e && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  ).join("");
