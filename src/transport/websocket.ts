import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex, Readable } from "node:stream";
import type { Endpoint } from "../config/index.js";
import { isDockerError } from "../errors.js";
import { hostOf, pathOf } from "./address.js";
import { connectionFailure } from "./connection-failure.js";
import { onceConnected } from "./dial/socket-like.js";
import type { Watch } from "./lifetime.js";
import type { EngineRequest } from "./request.js";
import { EngineResponse } from "./response.js";

/** What RFC 6455 calls an end without a closing frame; the Engine sends one. */
const CUT_OFF = 1006;

/**
 * Opens a WebSocket over a connection of its own; on success the body of the answer is its two-way stream. The library
 * is loaded when first used.
 */
export async function websocket(
  dial: () => Promise<Duplex>,
  endpoint: Endpoint,
  wire: EngineRequest,
  watch: Watch,
): Promise<EngineResponse> {
  const { createWebSocketStream, WebSocket } = await import("ws");
  const connection = await dial();
  const { operation } = wire;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${scheme(endpoint)}://${hostOf(endpoint)}${pathOf(endpoint, wire.url)}`, {
      createConnection: () => connection as Socket,
      headers: { ...(wire.headers as Readonly<Record<string, string>>) },
      perMessageDeflate: false,
    });
    onceConnected(connection, () => watch.connected());
    let stream: Duplex | undefined;
    // The stream first, where there is one: it closes the connection, and whoever waits on it hears why.
    watch.onEnd((reason) => (stream ? stream.destroy(reason) : socket.terminate()));
    socket.once("close", () => watch.over());
    let answer: IncomingMessage | undefined;
    socket.once("upgrade", (message) => {
      answer = message;
    });
    socket.once("open", () => {
      watch.answered();
      const opened = createWebSocketStream(socket);
      stream = opened;
      opened.on("error", () => undefined);
      // Before the stream's own listener, which takes any end for a good one.
      socket.prependOnceListener("close", (code) => {
        if (watch.reason) opened.destroy(watch.reason);
        else if (code === CUT_OFF) opened.destroy(new Error("the WebSocket was cut off"));
      });
      resolve(responseOf(answer, opened, operation, true));
    });
    socket.once("unexpected-response", (_, message) => {
      watch.answered();
      message.once("close", () => {
        connection.destroy();
        watch.over();
      });
      resolve(responseOf(message, message, operation));
    });
    socket.on("error", (error) => {
      const failure = watch.reason ?? error;
      reject(isDockerError(failure) ? failure : connectionFailure(endpoint, failure));
    });
  });
}

// The connection is TLS already where it has to be; the scheme tells the Host header's default port only.
const scheme = (endpoint: Endpoint): string => (endpoint.kind === "tcp" && endpoint.tls ? "wss" : "ws");

function responseOf(
  message: IncomingMessage | undefined,
  body: Readable,
  operation: string,
  upgraded = false,
) {
  const { statusCode: status = 0, rawHeaders = [] } = message ?? {};
  return new EngineResponse({ status, rawHeaders, body, upgraded }, operation);
}
