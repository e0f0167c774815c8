import { rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, uniqueName } from "./engine.js";

/** A real Engine behind a socket of ours, which shows what happens to its connections. */
export interface WatchedEngine extends AsyncDisposable {
  readonly host: string;
  /** Connections that the client has open now. */
  readonly open: () => number;
  /** Bytes that came from the Engine so far. */
  readonly received: () => number;
  /** Bytes that went to the Engine so far. */
  readonly sent: () => number;
  /** Breaks all connections. */
  readonly cut: () => void;
}

/** Passes all bytes to and from an Engine unchanged. */
export async function watchEngine(engine: Engine): Promise<WatchedEngine> {
  const clients = new Set<Socket>();
  let received = 0;
  let sent = 0;
  const server = createServer((client) => {
    clients.add(client);
    const upstream = connectTo(engine.host);
    upstream.on("data", (chunk) => {
      received += chunk.length;
    });
    client.on("data", (chunk) => {
      sent += chunk.length;
    });
    client.pipe(upstream);
    upstream.pipe(client);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
      clients.delete(client);
    };
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
  });
  const path = join(tmpdir(), `${uniqueName("socket")}.sock`);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  const cut = (): void => {
    for (const client of clients) client.destroy();
  };
  return {
    host: `unix://${path}`,
    open: () => clients.size,
    received: () => received,
    sent: () => sent,
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
      await rm(path, { force: true });
    },
  };
}

function connectTo(host: string): Socket {
  if (host.startsWith("unix://")) return connect(host.slice("unix://".length));
  const { hostname, port } = new URL(host.replace(/^\w+:/, "http:"));
  return connect(Number(port || 2375), hostname);
}
