import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { FakeWire, WireAnswer } from "./wire.js";

/** A server on a temporary socket. */
export interface RunningServer {
  readonly host: string;
  close(): Promise<void>;
}

/** Serves the answers of a fake Engine. */
export async function serve(wire: FakeWire): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => void answer(wire, request, response))
    .on("upgrade", (request, socket, head) => void upgrade(wire, request, socket as Socket, head))
    .on("connection", (socket) => {
      sockets.add(socket.once("close", () => sockets.delete(socket)));
    });
  const { host, cleanUp } = await listen(server);
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
    await cleanUp();
  };
  return { host, close };
}

async function listen(server: Server): Promise<{ host: string; cleanUp: () => Promise<void> }> {
  // Not every Node supports unix sockets on Windows; loopback works just as well.
  const folder = process.platform === "win32" ? undefined : await mkdtemp(join(tmpdir(), "fake-engine-"));
  const socketPath = folder && join(folder, "engine.sock");
  const cleanUp = async (): Promise<void> => {
    if (folder) await rm(folder, { recursive: true, force: true });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      if (socketPath) server.listen(socketPath, resolve);
      else server.listen(0, "127.0.0.1", resolve);
    });
  } catch (error) {
    await cleanUp();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return { host: socketPath ? `unix://${socketPath}` : `tcp://127.0.0.1:${port}`, cleanUp };
}

/** Answers an ordinary request. */
async function answer(wire: FakeWire, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const ended = new AbortController();
  response.once("close", () => ended.abort());
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answered = await wire.answer(requestOf(request, Buffer.concat(chunks), false), ended.signal);
    await send(answered, response);
  } catch {
    if (response.headersSent) response.destroy();
    else breakOff(response);
  }
}

/** Breaks a connection after the beginning of an answer: a call that saw none would be sent again on a new connection. */
function breakOff(response: ServerResponse): void {
  const { socket } = response;
  socket?.end("HTTP/1.1 ", () => socket.destroy());
}

/** Answers a request for a two-way connection. */
async function upgrade(
  wire: FakeWire,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): Promise<void> {
  const ended = new AbortController();
  socket.once("close", () => ended.abort()).on("error", () => undefined);
  try {
    const body = await bodyOf(request, socket, head);
    const answered = await wire.answer(requestOf(request, body, true), ended.signal);
    if (answered.status !== 101) {
      const response = new ServerResponse(request);
      response.assignSocket(socket);
      response.setHeader("Connection", "close");
      await send(answered, response);
      socket.end();
      return;
    }
    const headers = { ...answered.headers, Connection: "Upgrade", Upgrade: "tcp" };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 101 UPGRADED\r\n${lines.join("")}\r\n`);
    if (answered.input) socket.pipe(answered.input.on("error", () => undefined));
    else socket.resume();
    ended.signal.addEventListener("abort", () => answered.input?.destroy());
    await pipeline(Readable.from(answered.pieces, { objectMode: false }), socket);
  } catch {
    socket.destroy();
  }
}

async function send({ status, headers, pieces }: WireAnswer, response: ServerResponse): Promise<void> {
  response.writeHead(status, headers);
  // A client may wait for the beginning of an answer that comes late.
  response.flushHeaders();
  await pipeline(Readable.from(pieces, { objectMode: false }), response);
}

const requestOf = (
  { method = "", url = "/", headers }: IncomingMessage,
  body: Buffer,
  upgrades: boolean,
) => ({
  method,
  url,
  upgrades,
  headers: headers as Record<string, string>,
  body: body.length > 0 ? body : undefined,
});

/** The body of a request for an upgrade: Node leaves it on the connection. Anything after it stays there. */
async function bodyOf(request: IncomingMessage, socket: Socket, head: Buffer): Promise<Buffer> {
  const length = Number(request.headers["content-length"] ?? 0);
  let bytes = head;
  for await (const chunk of bytes.length < length ? unread(socket) : []) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length >= length) break;
  }
  if (bytes.length > length) socket.unshift(bytes.subarray(length));
  return bytes.subarray(0, length);
}

/** Input from a connection, which stays open once nobody reads. */
const unread = (socket: Socket): AsyncIterable<Buffer> => socket.iterator({ destroyOnReturn: false });
