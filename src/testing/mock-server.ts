import { createServer, type IncomingMessage, STATUS_CODES } from "node:http";
import { type Duplex, duplexPair, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { apiVersion } from "../../generated/operations.js";
import type { MockedAnswer } from "./mocked-answer.js";
import type { SeenRequest } from "./mocked-call.js";

/** A server inside this process: no socket, no port. */
export interface MockServer {
  /** A new connection to it. */
  connect(): Duplex;
  close(): void;
}

const SWITCHING_PROTOCOLS = 101;

/** Serves HTTP over connections in memory. An answer that rejects breaks the connection. */
export function serve(answer: (request: SeenRequest) => Promise<MockedAnswer>): MockServer {
  const open = new Set<Duplex>();
  const server = createServer(async (message, response) => {
    try {
      const { status, headers, body } = await answer(seen(message, await readAll(message)));
      response.writeHead(status, { "Api-Version": apiVersion, ...headers });
      await pipeline(Readable.from(body), response);
    } catch {
      message.socket.destroy();
    }
  });
  server.on("upgrade", async (message: IncomingMessage, connection: Duplex, head: Buffer) => {
    connection.on("error", () => undefined);
    try {
      const body = await readUpTo(connection, head, Number(message.headers["content-length"] ?? 0));
      const answered = await answer(seen(message, body));
      if (message.headers["sec-websocket-key"] && answered.status === SWITCHING_PROTOCOLS)
        await sendMessages(message, connection, answered);
      else await sendUpgraded(connection, answered);
    } catch {
      connection.destroy();
    }
  });
  return {
    connect: () => {
      const [client, engine] = duplexPair();
      open.add(engine);
      // Unlike the ends of a socket, those of a pair do not hear of each other's breaking.
      client.once("close", () => engine.destroy());
      engine.once("close", () => {
        open.delete(engine);
        client.destroy();
      });
      server.emit("connection", engine);
      return client;
    },
    close: () => {
      for (const connection of open) connection.destroy();
    },
  };
}

function seen({ method = "", url = "", headers }: IncomingMessage, bytes: Buffer): SeenRequest {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  return {
    method,
    path: pathname.replace(/^\/v\d+\.\d+(?=\/)/, ""),
    query: searchParams,
    headers,
    body: bytes.length === 0 ? undefined : readBody(bytes, headers["content-type"]),
  };
}

function readBody(bytes: Buffer, type: string | undefined): unknown {
  const text = bytes.toString("utf8");
  return type === "application/json" ? JSON.parse(text) : text;
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The body of a request that asks for an upgrade: node:http leaves it on the connection. */
async function readUpTo(connection: Duplex, head: Buffer, length: number): Promise<Buffer> {
  let bytes = head;
  while (bytes.length < length) {
    const chunk: Buffer | null = connection.read();
    if (chunk) bytes = Buffer.concat([bytes, chunk]);
    else await new Promise((resolve) => connection.once("readable", resolve));
  }
  return bytes.subarray(0, length);
}

/** Writes the answer to a request for an upgrade, and what follows it; then there is nothing more to come. */
async function sendUpgraded(connection: Duplex, { status, headers, body }: MockedAnswer): Promise<void> {
  const upgraded = status === SWITCHING_PROTOCOLS;
  const all = {
    "Api-Version": apiVersion,
    ...headers,
    Connection: upgraded ? "Upgrade" : "close",
    ...(upgraded && { Upgrade: "tcp" }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  connection.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n`);
  for await (const piece of body) connection.write(piece);
  connection.resume().end();
}

async function sendMessages(
  message: IncomingMessage,
  connection: Duplex,
  { body }: MockedAnswer,
): Promise<void> {
  const { WebSocketServer } = await import("ws");
  new WebSocketServer({ noServer: true }).handleUpgrade(
    message,
    connection,
    Buffer.alloc(0),
    async (socket) => {
      for await (const piece of body) socket.send(piece);
      socket.close();
    },
  );
}
