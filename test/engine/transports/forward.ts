import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { forwardRequest } from "../engine-proxy.js";

/** Something that listens on this machine; it ends its connections when it is closed. */
export interface Listener extends AsyncDisposable {
  readonly port: number;
}

/** Listens on TCP and passes all bytes on to an Engine's socket, or to its port on this machine. */
export const forwardTcp = (engine: string | number, address = "127.0.0.1"): Promise<Listener> =>
  listen(createServer(passOn(engine)), address);

/** The same behind a TLS of its own. */
export const forwardTls = (engine: string, options: TlsOptions): Promise<Listener> =>
  listen(createTlsServer(options, passOn(engine)), "127.0.0.1");

/** Listens and never says a word. */
export const silence = (): Promise<Listener> =>
  listen(
    createServer((socket) => void socket.on("error", () => undefined)),
    "127.0.0.1",
  );

/** A reverse proxy for HTTP, which serves an Engine below a path and nothing elsewhere. */
export function forwardBelow(basePath: string, engine: string): Promise<Listener> {
  const inner = (path = ""): string | undefined =>
    path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : undefined;
  const server = createHttpServer((incoming, outgoing) => {
    const path = inner(incoming.url);
    if (path === undefined) return void outgoing.writeHead(404).end("no such page");
    forwardRequest(incoming, outgoing, { socketPath: engine, path });
  });
  server.on("upgrade", (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
    const path = inner(incoming.url);
    const upstream = connect(engine);
    const headers = incoming.rawHeaders.map((text, index) => text + (index % 2 ? "\r\n" : ": ")).join("");
    upstream.write(`${incoming.method} ${path} HTTP/1.1\r\n${headers}\r\n`);
    upstream.write(head);
    join(client, upstream);
  });
  return listen(server, "127.0.0.1");
}

const passOn =
  (engine: string | number) =>
  (client: Socket): void => {
    const place = typeof engine === "string" ? { path: engine } : { host: "127.0.0.1", port: engine };
    join(client, connect({ ...place, allowHalfOpen: true }));
  };

function join(client: Duplex, upstream: Socket): void {
  client.allowHalfOpen = true;
  client.pipe(upstream);
  upstream.pipe(client);
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on("error", () => other.destroy()).on("close", () => other.destroy());
  }
}

async function listen(server: Server, address: string): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => void sockets.add(socket));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, address, resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
