import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { listen, type RunningServer } from "../helpers/listen.js";
import type { Engine } from "./engine.js";

/** An Engine behind a server of ours, whose answers `pass` sends on, once the head of each is sent. No upgrades. */
export function proxyEngine(
  { host }: Engine,
  pass: (path: string, answer: IncomingMessage, outgoing: ServerResponse) => void,
): Promise<RunningServer> {
  const socketPath = host.replace("unix://", "");
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url: path = "" } = incoming;
    const call = request({ socketPath, method, headers, path, agent: false });
    call.on("error", () => outgoing.destroy());
    call.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.rawHeaders);
      outgoing.flushHeaders();
      pass(path, answer, outgoing);
    });
    outgoing.on("close", () => call.destroy());
    incoming.pipe(call);
  });
  return listen(server);
}
