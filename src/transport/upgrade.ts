import { type Duplex, Readable } from "node:stream";
import type { Endpoint } from "../config/index.js";
import { isDockerError } from "../errors.js";
import { hostOf, pathOf } from "./address.js";
import { connectionFailure } from "./connection-failure.js";
import { onceConnected } from "./dial/socket-like.js";
import type { Watch } from "./lifetime.js";
import type { EngineRequest } from "./request.js";
import { EngineResponse } from "./response.js";
import { bodyFraming, content, isWhole } from "./response-body.js";
import { type ResponseHead, ResponseHeadReader } from "./response-head.js";

const SWITCHING_PROTOCOLS = 101;
const FAILURE_BODY_LIMIT = 1 << 20;

/**
 * Asks the Engine to turn a connection of its own into a two-way stream. Resolves with the answer: on 101 its body is
 * the connection, with the bytes that came with the 101 put back; otherwise the body says why not.
 */
export async function upgrade(
  dial: () => Promise<Duplex>,
  endpoint: Endpoint,
  wire: EngineRequest,
  watch: Watch,
): Promise<EngineResponse> {
  const socket = await dial();
  return new Promise((resolve, reject) => {
    const reader = new ResponseHeadReader();
    watch.onEnd((reason) => socket.destroy(reason));
    onceConnected(socket, () => watch.connected());
    socket.once("close", () => {
      watch.over();
      reject(failure(endpoint, Object.assign(new Error("closed"), { code: "ECONNRESET" })));
    });
    socket.on("error", (error) => reject(failure(endpoint, error)));
    socket.write(head(endpoint, wire));
    const answer = (response: ResponseHead, body: Readable): void => {
      const upgraded = response.status === SWITCHING_PROTOCOLS;
      resolve(new EngineResponse({ ...response, body, upgraded }, wire.operation));
    };
    let refused: { head: ResponseHead; bytes: Buffer } | undefined;
    const onData = (chunk: Buffer): void => {
      try {
        if (!refused) {
          const begun = reader.add(chunk);
          if (!begun) return;
          watch.answered();
          if (begun.head.status === SWITCHING_PROTOCOLS) {
            socket.off("data", onData).pause();
            if (begun.rest.length > 0) socket.unshift(begun.rest);
            answer(begun.head, socket);
            return;
          }
          refused = { head: begun.head, bytes: begun.rest };
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
      answer(refused.head, Readable.from([content(refused.bytes, framingOf(refused.head))]));
      socket.destroy();
    };
    socket.on("data", onData).once("end", finish);
  });
}

function framingOf({ status, rawHeaders }: ResponseHead) {
  if (status === 204 || status === 304) return { length: 0 };
  return bodyFraming((name) => {
    const at = rawHeaders.findIndex((header, index) => index % 2 === 0 && header.toLowerCase() === name);
    return at < 0 ? undefined : rawHeaders[at + 1];
  });
}

const failure = (endpoint: Endpoint, error: Error): Error =>
  isDockerError(error) ? error : connectionFailure(endpoint, error);

/** The request as bytes. Its body, if any, is at hand whole: the Engine does not read on before it answers. */
function head(endpoint: Endpoint, { method, url, headers, body }: EngineRequest): Buffer {
  const bytes = body instanceof Uint8Array ? body : Buffer.alloc(0);
  const lines = [
    `${method} ${pathOf(endpoint, url)} HTTP/1.1`,
    `Host: ${hostOf(endpoint)}`,
    "Connection: Upgrade",
    ...("Upgrade" in headers ? [] : ["Upgrade: tcp"]),
    ...Object.entries(headers).flatMap(([name, value]) => [value].flat().map((line) => `${name}: ${line}`)),
    ...(method === "GET" ? [] : [`Content-Length: ${bytes.length}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), bytes]);
}
