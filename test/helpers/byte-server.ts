import { createServer, type Socket } from "node:net";
import type { Docker } from "../../src/index.js";
import { type ClientOptions, withClientOf } from "./servers.js";
import { until } from "./waiting.js";

/** A server that speaks bytes: what no HTTP server would send, when none would send it. */
export interface ByteServer {
  readonly path: string;
  /** What arrived on each connection, in the order they were made. */
  readonly received: string[];
  /** How many connections are open now. */
  open(): number;
  /** Resolves when no connection is open; rejects if one stays. */
  closed(): Promise<void>;
}

/**
 * Runs a server on a temporary socket, and a client of it. `speak` is called with each piece that arrives, all that has
 * arrived on its connection since it was last answered, and the connection's number.
 */
export async function withByteServer<T>(
  speak: (socket: Socket, request: string, connection: number) => void,
  use: (docker: Docker, server: ByteServer) => Promise<T>,
  options?: ClientOptions,
): Promise<T> {
  const received: string[] = [];
  const server = createServer((socket) => {
    const connection = received.push("") - 1;
    socket.on("error", () => undefined);
    socket.on("data", (piece) => {
      received[connection] += piece.toString("latin1");
      speak(socket, received[connection] ?? "", connection);
    });
  });
  return withClientOf(
    server,
    (docker, { path, connections }) => {
      const closed = () => until("no connection is open", () => connections.size === 0);
      return use(docker, { path, received, open: () => connections.size, closed });
    },
    options,
  );
}
