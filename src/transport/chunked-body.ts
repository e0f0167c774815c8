import { AsyncResource } from "node:async_hooks";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";

type Listener = (this: Socket, bytes: Uint8Array | string) => void;

/** node:http's name for the listener that feeds its parser. */
const PARSE = "socketOnData";
const CR = 13;
const LF = 10;
const LINE_END: Buffer = Buffer.from("\r\n");
/** Between two chunks. Longer sizes and extensions are left to node:http. */
const SEPARATOR = /^\r\n([\da-f]{1,8})\r\n/i;
const LONGEST_SEPARATOR = 12;
const BEGINNING_OF_SEPARATOR = /^\r(\n([\da-f]{1,8}\r?)?)?$/i;
const NOTHING: Buffer = Buffer.alloc(0);
/** The parser refuses this when it expects the size of a chunk. */
const MALFORMED = Buffer.from("!");

/**
 * Reads the chunks of a stream past node:http's parser, which copies each of them: two thirds of an export's time.
 *
 * The parser gets everything else: the head, the last chunk with its trailers, and anything but plain chunks. So it still
 * decides what the answer is, when it is complete, and whether its connection can be kept. Without such a parser, as in
 * mocks and other runtimes, nothing changes.
 */
export function readChunksOf(outgoing: ClientRequest): void {
  outgoing.on("socket", (socket) => {
    const parse = socket.listeners("data").find(({ name }) => name === PARSE) as Listener | undefined;
    if (parse) new ChunkReader(outgoing, socket, parse);
  });
}

class ChunkReader {
  readonly #socket: Socket;
  readonly #parse: Listener;
  /** Runs in the context of its call, like node:http's listener: a kept connection has the context of the call that opened it. */
  readonly #read = AsyncResource.bind((bytes: Uint8Array | string): void => this.#arrived(bytes));
  #answer: IncomingMessage | undefined;
  /** Whether the line of the head that is being read is empty so far. */
  #isEmptyLine = true;
  /** How much of the current chunk is still to come. */
  #left = 0;
  /** The part of the next separator that has arrived. The first chunk is treated as if it followed another. */
  #separator: Buffer = LINE_END;

  constructor(outgoing: ClientRequest, socket: Socket, parse: Listener) {
    this.#socket = socket;
    this.#parse = parse;
    outgoing.on("response", (message) => {
      this.#answer = message;
    });
    socket.off("data", parse).on("data", this.#read);
  }

  /** A caller's stream may also pass on other arrays of bytes. Text is left to node:http, which refuses it. */
  #arrived(piece: Uint8Array | string): void {
    if (typeof piece === "string") {
      this.#leaveToParser(piece);
      return;
    }
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (this.#answer) this.#readChunks(this.#answer, bytes);
    else this.#readHead(bytes);
  }

  /** Gives the parser one head at a time: others may come before the answer's, such as "100 Continue". */
  #readHead(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.#answer && this.#isParsed) {
      const end = this.#endOfHead(bytes, at);
      this.#parse.call(this.#socket, bytes.subarray(at, end));
      at = end;
    }
    const rest = bytes.subarray(at);
    if (!this.#isParsed) this.#leave(rest);
    else if (!this.#answer) return;
    else if (this.#isEmptyLine && isChunked(this.#answer)) this.#readChunks(this.#answer, rest);
    else this.#leaveToParser(rest);
  }

  /** The end of the next empty line, or of all that has arrived. */
  #endOfHead(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === LF && this.#isEmptyLine) return at + 1;
      if (byte !== CR) this.#isEmptyLine = byte === LF;
    }
    return bytes.length;
  }

  #readChunks(answer: IncomingMessage, arrived: Buffer): void {
    const bytes = this.#separator.length > 0 ? Buffer.concat([this.#separator, arrived]) : arrived;
    this.#separator = NOTHING;
    let at = 0;
    while (at < bytes.length && !answer.destroyed) {
      if (this.#left === 0) {
        const data = this.#beginChunk(bytes, at);
        if (data === undefined) return;
        at = data;
      }
      const end = Math.min(bytes.length, at + this.#left);
      this.#left -= end - at;
      if (end > at) this.#give(answer, bytes.subarray(at, end));
      at = end;
    }
  }

  /** Like node:http with the output of its parser. If a listener throws, the rest of what has arrived is lost. */
  #give(answer: IncomingMessage, data: Buffer): void {
    try {
      if (!answer.push(data)) this.#socket.pause();
    } catch (error) {
      this.#socket.destroy();
      throw error;
    }
  }

  /** Where the data of the next chunk begin. Undefined if its size has not arrived yet, or if the parser reads on. */
  #beginChunk(bytes: Buffer, from: number): number | undefined {
    const text = bytes.toString("latin1", from, from + LONGEST_SEPARATOR);
    const [separator = "", size = "0"] = SEPARATOR.exec(text) ?? [];
    this.#left = Number.parseInt(size, 16);
    if (this.#left > 0) return from + separator.length;
    if (BEGINNING_OF_SEPARATOR.test(text)) this.#separator = bytes.subarray(from);
    else this.#leaveToParser(text.startsWith("\r\n") ? bytes.subarray(from + 2) : MALFORMED);
    return undefined;
  }

  /** Whether node:http still has a parser for the connection: not after an error, or an answer without a body. */
  get #isParsed(): boolean {
    return Boolean((this.#socket as { parser?: unknown }).parser);
  }

  /** Leaves a connection once its parser is gone. Anything after the answer would be taken for the next one, so it is closed. */
  #leave(rest: Buffer): void {
    this.#socket.off("data", this.#read);
    if (rest.length > 0) this.#socket.destroy();
  }

  #leaveToParser(bytes: Uint8Array | string): void {
    this.#socket.off("data", this.#read).on("data", this.#parse);
    if (bytes.length > 0 && this.#isParsed) this.#parse.call(this.#socket, bytes);
  }
}

/** Whether an answer has a body in chunks, and nothing that contradicts it. */
const isChunked = ({ statusCode, headers }: IncomingMessage): boolean =>
  statusCode === 200 && headers["transfer-encoding"] === "chunked" && headers["content-length"] === undefined;
