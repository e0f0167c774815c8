import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { asError } from "../arguments.js";
import type { Endpoint } from "../config/index.js";
import { ConfigError } from "../errors.js";
import type { HidingEnd } from "../streams/index.js";
import { hostOf, pathOf } from "./address.js";
import { closeAfter, watchConnection } from "./ask.js";
import { DedicatedAgent, type EngineAgent } from "./engine-agent.js";
import type { Lifetime } from "./lifetime.js";
import type { EngineRequest } from "./request.js";
import { EngineResponse } from "./response.js";

/** RFC 6455's code for an end without a closing frame; the Engine sends one. */
const CUT_OFF = 1006;

/**
 * Opens a WebSocket over a dedicated connection. The body of an upgraded answer is its two-way stream; any other answer
 * says why it failed. The library is loaded on first use.
 */
export async function websocket(
  agent: EngineAgent,
  endpoint: Endpoint,
  request: EngineRequest,
  lifetime: Lifetime,
): Promise<EngineResponse> {
  const { createWebSocketStream, WebSocket } = await loaded();
  if (lifetime.reason) throw lifetime.reason;
  const { url, headers, operation } = request;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${scheme(endpoint)}://${hostOf(endpoint)}${pathOf(endpoint, url)}`, {
      agent: new DedicatedAgent(agent),
      // ws hands its options on to the agent, which its types do not say.
      ...{ lifetime },
      finishRequest: (outgoing) => {
        watchConnection(outgoing, lifetime, reject);
        outgoing.end();
      },
      headers: { ...(headers as Readonly<Record<string, string>>) },
      perMessageDeflate: false,
    });
    // What to destroy to end the call: a refusal's body or the stream, so that its reader gets the reason.
    let current: Readable | undefined;
    lifetime.onEnd((reason) => {
      if (current) current.destroy(reason);
      else socket.terminate();
      reject(reason);
    });
    socket.once("close", () => lifetime.over());
    let answer: IncomingMessage | undefined;
    socket.once("upgrade", (message) => {
      answer = message;
      const connection: Socket & Partial<HidingEnd> = message.socket;
      // ws ends its connection when both sides are done, and would wait half a minute for an end that does not show.
      connection.once("finish", () => connection.endWhenQuiet?.());
    });
    socket.once("open", () => {
      const opened = createWebSocketStream(socket);
      current = opened;
      opened.on("error", () => undefined);
      // Like a node:http answer's: the handle that keeps the process running.
      Object.assign(opened, { socket: answer?.socket });
      // Before the stream's own listener, which treats every end as clean.
      socket.prependOnceListener("close", (code) => {
        if (lifetime.reason) opened.destroy(lifetime.reason);
        else if (code === CUT_OFF) opened.destroy(new Error("the WebSocket was cut off"));
      });
      const response = responseOf(answer, opened, operation, true);
      lifetime.answered(response);
      resolve(response);
    });
    socket.once("unexpected-response", (_, message) => {
      current = message;
      closeAfter(message);
      message.on("error", () => undefined).once("close", () => lifetime.over());
      const response = responseOf(message, message, operation);
      lifetime.answered(response);
      resolve(response);
    });
    socket.on("error", reject);
  });
}

/** The library. A failure to load it is not the Engine's fault. */
const loaded = () =>
  import("ws").catch((cause: unknown) => {
    throw new ConfigError(
      `Cannot load the package ws, which WebSockets need: ${asError(cause).message}. ` +
        "If this program is bundled, keep ws out of the bundle, or define `require` in it: see docs/connecting.md.",
      { cause },
    );
  });

// TLS, if any, is already in place; the scheme only determines the default port of the Host header.
const scheme = (endpoint: Endpoint): string => (endpoint.kind === "tcp" && endpoint.tls ? "wss" : "ws");

function responseOf(
  message: IncomingMessage | undefined,
  body: Readable,
  operation: string,
  upgraded = false,
): EngineResponse {
  const { statusCode: status = 0, rawHeaders = [] } = message ?? {};
  return new EngineResponse({ status, rawHeaders, body, upgraded }, operation);
}
