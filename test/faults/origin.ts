import { createServer } from "node:net";
import { listen, type RunningServer } from "../helpers/listen.js";

/** A request as the origin sees it: its head, without the version in the path. */
export interface OriginRequest {
  /** Such as "GET /containers/json", without version and query. */
  readonly line: string;
  readonly header: (name: string) => string | undefined;
}

/** What the origin sends for a request, byte for byte, and whether it closes the connection after it. */
export interface Sent {
  readonly bytes: Buffer;
  readonly closes: boolean;
}

const HEAD_END = "\r\n\r\n";

/** A server that answers with given bytes, which node:http would not let a test choose. */
export function startOrigin(answer: (request: OriginRequest) => Sent): Promise<RunningServer> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let pending = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("end", () => socket.end());
    socket.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (let end = requestEnd(pending); end !== undefined; end = requestEnd(pending)) {
        const { bytes, closes } = answer(readRequest(pending));
        pending = pending.subarray(end);
        socket.write(bytes);
        if (closes) socket.end();
      }
    });
  });
  return listen(server);
}

function readRequest(bytes: Buffer): OriginRequest {
  const [start = "", ...lines] = bytes.subarray(0, bytes.indexOf(HEAD_END)).toString("latin1").split("\r\n");
  const [method, url = ""] = start.split(" ");
  return {
    line: `${method} ${url.replace(/^\/v[\d.]+/, "").replace(/\?.*/, "")}`,
    header: (name) =>
      lines.find((line) => line.toLowerCase().startsWith(`${name}: `))?.slice(name.length + 2),
  };
}

/** Where the first request ends, once it is whole. Bodies come with a length: the calls of this campaign send no others. */
function requestEnd(bytes: Buffer): number | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const length = Number(readRequest(bytes).header("content-length") ?? 0);
  const whole = end + HEAD_END.length + length;
  return bytes.length >= whole ? whole : undefined;
}
