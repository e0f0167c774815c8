import type { Duplex } from "node:stream";
import type { Endpoint } from "../config/index.js";
import { AbortedError } from "../errors.js";
import { streamFailure } from "../streams/index.js";
import type { Lifetime } from "./lifetime.js";
import { overhear } from "./overhear.js";
import type { EngineRequest } from "./request.js";
import type { EngineResponse } from "./response.js";

/** Follows one request until it is over. One of `ended`, `left` and `failed` comes last, once. None may throw. */
export interface Watch {
  /** A piece of the request's body was sent, or something was written to the upgraded connection. */
  sent?(piece: Buffer): void;
  /** The client ended its side of the upgraded connection. */
  sentAll?(): void;
  /** The answer began. */
  answered?(response: EngineResponse): void;
  /** A piece of the answer's body, or of the upgraded connection's output, was read. */
  received?(piece: Buffer): void;
  /** The answer was read to its end. */
  ended?(): void;
  /** Its reader closed it before its end. */
  left?(): void;
  /** No answer arrived, or it broke, or the call's limits ended it. */
  failed?(error: Error): void;
}

/** Decides whether to watch a request that is about to be sent. */
export type Observer = (request: EngineRequest, endpoint: Endpoint) => Watch | undefined;

/** Has observers watch a request; undefined if none wants to, so that a call without observers costs nothing. */
export function observe(
  observers: readonly Observer[],
  request: EngineRequest,
  endpoint: Endpoint,
  lifetime: Lifetime,
): Observation | undefined {
  let watches: Watch[] | undefined;
  for (const observer of observers) {
    const watch = observer(request, endpoint);
    if (watch) watches = [...(watches ?? []), watch];
  }
  return watches && new Observation(watches, request, lifetime);
}

/** A request under observation. The only place that knows what was sent and received, however it was sent. */
export class Observation {
  readonly #watches: readonly Watch[];
  readonly #request: EngineRequest;
  readonly #lifetime: Lifetime;
  #received = 0;
  #isOver = false;

  constructor(watches: readonly Watch[], request: EngineRequest, lifetime: Lifetime) {
    this.#watches = watches;
    this.#request = request;
    this.#lifetime = lifetime;
    const { body } = request;
    if (body instanceof Uint8Array) this.#sent(body);
    else if (body) request.onSent = (piece) => this.#sent(piece);
  }

  /** Call it when the answer begins, before anyone reads its body. */
  answered(response: EngineResponse): void {
    for (const watch of this.#watches) watch.answered?.(response);
    const { body, upgraded } = response;
    overhear(body, (event, argument) => {
      if (event === "data") this.#read(argument as Buffer);
      else if (event === "end") this.#over("ended");
      else if (event === "error") this.#broke(argument as Error);
      else if (event === "close") this.#over("left");
    });
    if (upgraded) this.#watchWriting(body as Duplex);
    if (body.errored) this.#broke(body.errored);
    else if (body.destroyed) this.#over("left");
  }

  /** Call it when no answer arrives. */
  failed(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const watch of this.#watches) watch.failed?.(error);
  }

  #sent(piece: Uint8Array | string, encoding?: BufferEncoding): void {
    const bytes = typeof piece === "string" ? Buffer.from(piece, encoding) : asBuffer(piece);
    for (const watch of this.#watches) watch.sent?.(bytes);
  }

  #read(piece: Buffer): void {
    this.#received += piece.length;
    for (const watch of this.#watches) watch.received?.(piece);
  }

  /** Cancelling a stream counts as leaving it; an AbortedError of the call's own limits is a failure. */
  #broke(error: Error): void {
    if (error instanceof AbortedError && !this.#lifetime.reason) this.#over("left");
    else this.failed(streamFailure(error, this.#request.operation, this.#received));
  }

  #over(how: "ended" | "left"): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const watch of this.#watches) watch[how]?.();
  }

  /** Everything written passes here, whether or not it can be sent at once. */
  #watchWriting(connection: Duplex): void {
    const { write, end } = connection;
    let hasEnded = false;
    const note = (piece: unknown, encoding: unknown): void => {
      if (typeof piece !== "string" && !(piece instanceof Uint8Array)) return;
      this.#sent(piece, typeof encoding === "string" ? (encoding as BufferEncoding) : undefined);
    };
    connection.write = (...args: unknown[]): boolean => {
      note(args[0], args[1]);
      return Reflect.apply(write, connection, args);
    };
    connection.end = (...args: unknown[]): Duplex => {
      note(args[0], args[1]);
      if (!hasEnded) for (const watch of this.#watches) watch.sentAll?.();
      hasEnded = true;
      return Reflect.apply(end, connection, args);
    };
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
