import { type Duplex, Readable } from "node:stream";
import type { Endpoint } from "../config/index.js";
import { isDockerError } from "../errors/index.js";
import { connectionFailure } from "./connection-failure.js";
import { bodyFraming, content, isWhole } from "./response-body.js";
import { type ResponseHead, ResponseHeadReader } from "./response-head.js";
import { watch } from "./watch.js";
import { hostOf, pathOf } from "./wire-address.js";
import type { WireRequest } from "./wire-request.js";
import { WireResponse } from "./wire-response.js";

const SWITCHING_PROTOCOLS = 101;
const FAILURE_BODY_LIMIT = 1 << 20;

/** A connection that is no longer HTTP, or the answer that refused it. */
export interface Upgrade {
  /** Ends it, in whatever state it is. */
  readonly end: (reason: Error) => void;
  readonly response: Promise<WireResponse>;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
}

/**
 * Asks the Engine to turn a connection of its own into a two-way stream. Resolves with the answer: on 101 its body is
 * the connection, with the bytes that came with the 101 put back; otherwise the body says why not.
 */
export async function upgrade(
  dial: () => Promise<Duplex>,
  endpoint: Endpoint,
  wire: WireRequest,
): Promise<Upgrade> {
  const socket = await dial();
  const end = (reason: Error): void => void socket.destroy(reason);
  const response = converse(socket, endpoint, wire).then((answer) => {
    const { status, rawHeaders } = answer.head;
    return new WireResponse({ status, rawHeaders, body: answer.body }, wire.operation);
  });
  return { end, response, closed: new Promise((resolve) => socket.once("close", () => resolve())) };
}

function converse(
  socket: Duplex,
  endpoint: Endpoint,
  wire: WireRequest,
): Promise<{ head: ResponseHead; body: Readable }> {
  return new Promise((resolve, reject) => {
    const reader = new ResponseHeadReader();
    const { answered, finished } = watch(wire, (reason) => socket.destroy(reason));
    socket.once("close", () => {
      finished();
      reject(failure(endpoint, Object.assign(new Error("closed"), { code: "ECONNRESET" })));
    });
    socket.on("error", (error) => reject(failure(endpoint, error)));
    socket.write(head(endpoint, wire));
    let refused: { head: ResponseHead; bytes: Buffer } | undefined;
    const onData = (chunk: Buffer): void => {
      try {
        if (!refused) {
          const answer = reader.add(chunk);
          if (!answer) return;
          answered();
          if (answer.head.status === SWITCHING_PROTOCOLS) {
            socket.off("data", onData).pause();
            if (answer.rest.length > 0) socket.unshift(answer.rest);
            resolve({ head: answer.head, body: socket });
            return;
          }
          refused = { head: answer.head, bytes: answer.rest };
        } else {
          refused.bytes = Buffer.concat([refused.bytes, chunk]);
        }
        const framing = framingOf(refused.head);
        if (isWhole(refused.bytes, framing) || refused.bytes.length > FAILURE_BODY_LIMIT) finish();
      } catch (error) {
        socket.destroy(error as Error);
      }
    };
    const finish = (): void => {
      if (!refused) return;
      resolve({ head: refused.head, body: Readable.from([content(refused.bytes, framingOf(refused.head))]) });
      socket.destroy();
    };
    socket.on("data", onData).once("end", finish);
  });
}

function framingOf({ rawHeaders }: ResponseHead) {
  return bodyFraming((name) => {
    const at = rawHeaders.findIndex((header, index) => index % 2 === 0 && header.toLowerCase() === name);
    return at < 0 ? undefined : rawHeaders[at + 1];
  });
}

const failure = (endpoint: Endpoint, error: Error): Error =>
  isDockerError(error) ? error : connectionFailure(endpoint, error);

/** The request as bytes. Its body, if any, is at hand whole: the Engine does not read on before it answers. */
function head(endpoint: Endpoint, { method, url, headers, body }: WireRequest): Buffer {
  const bytes = body instanceof Uint8Array ? body : Buffer.alloc(0);
  const lines = [
    `${method} ${pathOf(endpoint, url)} HTTP/1.1`,
    `Host: ${hostOf(endpoint)}`,
    "Connection: Upgrade",
    ...Object.entries({ upgrade: "tcp", ...headers }).map(([name, value]) => `${name}: ${value}`),
    ...(method === "GET" ? [] : [`Content-Length: ${bytes.length}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), bytes]);
}
