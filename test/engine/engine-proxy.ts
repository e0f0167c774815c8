import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { listen, type RunningServer } from "../helpers/listen.js";
import type { Engine } from "./engine.js";

/** Sends on the body of an answer whose head has been sent. */
type SendBody = (answer: IncomingMessage, outgoing: ServerResponse) => void;

/** Sends a request on to an Engine's socket, and its answer back. */
export function forwardRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  to: { readonly socketPath: string; readonly path: string },
  sendBody: SendBody = (answer) => answer.pipe(outgoing),
): void {
  const { method, headers } = incoming;
  const call = request({ ...to, method, headers, agent: false });
  call.on("error", () => outgoing.destroy());
  call.on("response", (answer) => {
    outgoing.writeHead(answer.statusCode ?? 0, answer.rawHeaders);
    outgoing.flushHeaders();
    sendBody(answer, outgoing);
  });
  outgoing.on("close", () => call.destroy());
  incoming.pipe(call);
}

/** Puts a server in front of an Engine, without upgrades; `sendBody` also gets the path of the request. */
export function proxyEngine(
  { host }: Engine,
  sendBody: (path: string, ...rest: Parameters<SendBody>) => void,
): Promise<RunningServer> {
  const socketPath = host.replace("unix://", "");
  const server = createServer((incoming, outgoing) => {
    const { url: path = "" } = incoming;
    forwardRequest(incoming, outgoing, { socketPath, path }, (...rest) => sendBody(path, ...rest));
  });
  return listen(server);
}
