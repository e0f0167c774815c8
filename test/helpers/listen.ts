import type { AddressInfo, Server, Socket } from "node:net";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.js";

/** A server that listens. */
export interface RunningServer {
  /** Its address, for `new Docker({ host })`. */
  readonly host: string;
  /** The path of its socket; of the loopback none. */
  readonly path: string;
  /** The connections that are open, upgraded ones included. */
  readonly connections: ReadonlySet<Socket>;
  /** Breaks its connections and stops it. */
  close(): Promise<void>;
}

/** Has a server listen on a temporary socket, or on a port of the loopback. */
export async function listen(server: Server, transport: "unix" | "tcp" = "unix"): Promise<RunningServer> {
  const folder = await temporaryFolder();
  const path = transport === "unix" ? join(folder.path, "engine.sock") : "";
  const connections = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  await new Promise<void>((resolve) => {
    if (path) server.listen(path, resolve);
    else server.listen(0, "127.0.0.1", resolve);
  });
  return {
    host: path ? `unix://${path}` : `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    path,
    connections,
    close: async () => {
      for (const socket of connections) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await folder.remove();
    },
  };
}
