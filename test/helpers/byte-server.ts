import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Docker, type DockerOptions } from "../../src/index.js";

/** A server that speaks bytes: what no HTTP server would send, when none would send it. */
export interface ByteServer {
  readonly path: string;
  /** What arrived on each connection, in the order they were made. */
  readonly received: string[];
  /** How many connections are open now. */
  open(): number;
  /** Resolves when no connection is open; rejects if one stays for a second. */
  closed(): Promise<void>;
}

/**
 * Runs a server on a temporary socket, and a client of it. `speak` is called with each piece that arrives, all that has
 * arrived on its connection since it was last answered, and the connection's number.
 */
export async function withByteServer<T>(
  speak: (socket: Socket, request: string, connection: number) => void,
  use: (docker: Docker, server: ByteServer) => Promise<T>,
  options: Omit<DockerOptions, "host"> = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "byte-server-"));
  const path = join(folder, "engine.sock");
  const sockets = new Set<Socket>();
  const received: string[] = [];
  const server = createServer((socket) => {
    const connection = received.push("") - 1;
    sockets.add(socket);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    socket.on("data", (piece) => {
      received[connection] += piece.toString("latin1");
      speak(socket, received[connection] ?? "", connection);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const docker = new Docker({ host: `unix://${path}`, ...options });
  const closed = async (): Promise<void> => {
    for (let i = 0; sockets.size > 0; i += 1) {
      if (i === 100) throw new Error(`${sockets.size} connections stayed open`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  try {
    return await use(docker, { path, received, open: () => sockets.size, closed });
  } finally {
    await docker.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  }
}
