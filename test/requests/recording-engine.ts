import { createServer, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { Docker } from "../../src/index.js";
import { listen } from "../helpers/listen.js";
import { bytesOf } from "../helpers/streams.js";

/** A request as it came over the wire. */
export interface RecordedRequest {
  /** Method and path as sent, query as meant: "GET /v1.48/containers/json?all=true". */
  readonly line: string;
  /** Without those that every request has. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A real server that writes down what it is asked, and answers so that every operation succeeds. */
export interface RecordingEngine {
  readonly host: string;
  /** What came since the last time this was called. */
  take(): RecordedRequest[];
  /** Tells of the headers of every request from now on, all of them. */
  onHeaders(tell: (headers: Record<string, string | undefined>) => void): void;
  /** How many connections were opened. */
  connections(): number;
  close(): Promise<void>;
}

const stat = { name: "f", size: 0, mode: 0, mtime: "2026-01-01T00:00:00Z", linkTarget: "" };
const ANSWER = {
  "Api-Version": "1.48",
  "Content-Type": "application/json",
  "X-Docker-Container-Path-Stat": Buffer.from(JSON.stringify(stat)).toString("base64"),
};
const RAW = "application/vnd.docker.raw-stream";
const UPGRADED = `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${RAW}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`;

async function recordingEngine(): Promise<RecordingEngine> {
  const requests: RecordedRequest[] = [];
  let connections = 0;
  let tell: (headers: Record<string, string | undefined>) => void = () => undefined;
  const server = createServer(async (message, response) => {
    requests.push(recorded(message, await bytesOf(message)));
    tell(message.headers as Record<string, string | undefined>);
    response.writeHead(200, message.url?.includes("/logs?") ? { ...ANSWER, "Content-Type": RAW } : ANSWER);
    response.end(message.method === "HEAD" ? undefined : "{}");
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", async (message: IncomingMessage, connection: Duplex, head: Buffer) => {
    connection.on("error", () => undefined);
    const body = await rest(connection, head, Number(message.headers["content-length"] ?? 0));
    requests.push(recorded(message, body));
    tell(message.headers as Record<string, string | undefined>);
    if (message.headers["sec-websocket-key"]) {
      sockets.handleUpgrade(message, connection, Buffer.alloc(0), (socket) => socket.close());
    } else connection.end(UPGRADED);
  });
  server.on("connection", () => {
    connections += 1;
  });
  const { host, close } = await listen(server, "tcp");
  return {
    host,
    take: () => requests.splice(0),
    onHeaders: (listener) => {
      tell = listener;
    },
    connections: () => connections,
    close,
  };
}

/** Hands out a recording Engine and a client of it before the tests of a file, and closes both after them. */
export function useRecordingEngine(take: (made: { engine: RecordingEngine; docker: Docker }) => void): void {
  let engine: RecordingEngine;
  let docker: Docker;
  beforeAll(async () => {
    engine = await recordingEngine();
    docker = new Docker({ host: engine.host, env: { DOCKER_CONFIG: "/dev/null/none" } });
    take({ engine, docker });
  });
  afterAll(async () => {
    await docker.close();
    await engine.close();
  });
}

/** The body of a request for an upgrade, which node:http does not read. */
async function rest(connection: Duplex, head: Buffer, length: number): Promise<Buffer> {
  let bytes = head;
  while (bytes.length < length) {
    const chunk: Buffer | null = connection.read();
    if (chunk) bytes = Buffer.concat([bytes, chunk]);
    else await new Promise((resolve) => connection.once("readable", resolve));
  }
  return bytes;
}

/** What differs between two runs, or belongs to every request and is tested once. */
const LEFT_OUT = new Set(["host", "user-agent", "sec-websocket-key"]);

function recorded({ method, url = "", rawHeaders }: IncomingMessage, body: Buffer): RecordedRequest {
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = String(rawHeaders[i]).toLowerCase();
    const value = String(rawHeaders[i + 1]);
    if (LEFT_OUT.has(name) || (name === "connection" && value === "keep-alive")) continue;
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  const at = url.indexOf("?");
  const line = `${method} ${at < 0 ? url : `${url.slice(0, at)}?${readable(url.slice(at + 1))}`}`;
  return { line, headers, body: body.toString("utf8") };
}

/** A query as the Engine reads it, pair by pair: "+" is a space, and an "&" inside a value stays "%26". */
const readable = (query: string): string =>
  query
    .split("&")
    .map((pair) => decodeURIComponent(pair.replaceAll("+", " ")).replaceAll("&", "%26"))
    .join("&");
