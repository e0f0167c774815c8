import type { ClientRequest, IncomingMessage } from "node:http";
import { type Duplex, Readable } from "node:stream";
import { readChunksOf } from "./chunked-body.js";
import { onceConnected } from "./dial/socket-methods.js";
import type { Lifetime } from "./lifetime.js";
import type { EngineRequest } from "./request.js";
import { EngineResponse, headerOf } from "./response.js";
import { sendBody } from "./send-body.js";

/**
 * Sends a request through node:http and resolves when its answer begins; the lifetime then ends with the body or the
 * upgraded connection. Rejects with node:http's error if no answer arrives.
 *
 * @param wantsUpgrade whether an upgraded connection is a valid answer
 */
export function ask(
  outgoing: ClientRequest,
  request: EngineRequest,
  lifetime: Lifetime,
  wantsUpgrade = false,
): Promise<EngineResponse> {
  return new Promise((resolve, reject) => {
    // What to destroy to end the call: the request, later its answer.
    let current: ClientRequest | IncomingMessage | Duplex = outgoing;
    let failed = false;
    const fail = (error: Error): void => {
      failed = true;
      reject(error);
    };
    const answer = (response: EngineResponse): void => {
      lifetime.answered(response);
      resolve(response);
    };
    const onClose = (): void => {
      if (current !== outgoing) lifetime.over();
      // node:http silently drops some answers, such as an upgrade that was not requested. The error is created only
      // here, because its stack would cost more than the rest of a small call.
      else if (!failed) fail(hungUp());
    };
    lifetime.onEnd((reason) => {
      current.destroy(reason);
      // Destroying a request that still waits for its connection emits nothing.
      fail(reason);
    });
    watchConnection(outgoing, lifetime, fail);
    if (request.settings.isStream && !wantsUpgrade && request.method !== "HEAD") readChunksOf(outgoing);
    // With `on`, not `once`, for events that come once: it saves a listener's removal and its wrapper.
    outgoing.on("error", fail).on("close", onClose);
    outgoing.on("response", (message) => {
      current = message;
      if (wantsUpgrade) closeAfter(message);
      answer(ordinary(message, request));
      if (request.body !== undefined) message.on("end", () => giveUpSending(outgoing));
    });
    if (wantsUpgrade) {
      outgoing.once("upgrade", (message, connection, first) => {
        current = connection;
        outgoing.off("close", onClose);
        connection.once("close", () => lifetime.over());
        answer(upgraded(message, connection, first, request));
      });
    }
    sendBody(outgoing, request, lifetime);
  });
}

/** Tells a lifetime when its request has a connection. Calls `fail` if it is already dead, which nothing else reports. */
export function watchConnection(
  outgoing: ClientRequest,
  lifetime: Lifetime,
  fail: (error: Error) => void,
): void {
  if (!outgoing.reusedSocket) lifetime.connecting();
  outgoing.on("socket", (socket) => {
    if (socket.destroyed) fail(socket.errored ?? hungUp());
    else if (outgoing.reusedSocket) lifetime.connected();
    else onceConnected(socket, () => lifetime.connected());
  });
}

/** Closes a dedicated connection after an ordinary answer: no agent manages it. */
export function closeAfter(message: IncomingMessage): void {
  // Read now: on close, the message no longer has it.
  const { socket } = message;
  message.once("close", () => socket.destroy());
}

const hungUp = (): Error => Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" });

function ordinary(message: IncomingMessage, { method, operation }: EngineRequest): EngineResponse {
  // A body that breaks before it is read keeps its error for the reader; unhandled, it would end the process.
  message.on("error", () => undefined);
  const { statusCode: status = 0, rawHeaders } = message;
  const isEmpty =
    method === "HEAD" || status === 204 || status === 304 || headerOf(rawHeaders, "content-length") === "0";
  // Without a body the connection is free at once, whether or not the answer is read.
  const body = isEmpty ? Readable.from([]) : message;
  if (isEmpty) message.resume();
  return new EngineResponse({ status, rawHeaders, body }, operation);
}

function upgraded(
  { statusCode: status = 0, rawHeaders }: IncomingMessage,
  connection: Duplex,
  first: Buffer,
  { operation }: EngineRequest,
): EngineResponse {
  connection.on("error", () => undefined);
  if (first.length > 0) connection.unshift(first);
  return new EngineResponse({ status, rawHeaders, body: connection, upgraded: true }, operation);
}

/** Stops sending: an Engine that has fully answered will not read the rest of the body. */
function giveUpSending(outgoing: ClientRequest): void {
  if (!outgoing.writableFinished) outgoing.destroy();
}
