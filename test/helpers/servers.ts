import { createServer, type RequestListener } from "node:http";
import type { Server } from "node:net";
import { Docker, type DockerOptions } from "../../src/index.js";
import { listen, type RunningServer } from "./listen.js";

/**
 * What a client of a server is made with, and where the server listens: on a temporary socket, unless told otherwise. To a
 * client over "npipe", which `simulateWindows` makes possible, the socket is a Windows pipe.
 */
export interface ClientOptions extends Omit<DockerOptions, "host"> {
  readonly transport?: "unix" | "tcp" | "npipe";
}

/** Runs a server and a client of it. */
export async function withClientOf<T>(
  server: Server,
  use: (docker: Docker, running: RunningServer) => Promise<T>,
  { transport, ...options }: ClientOptions = {},
): Promise<T> {
  const running = await listen(server, transport === "npipe" ? "unix" : transport);
  const host = transport === "npipe" ? `npipe:////./pipe${running.path}` : running.host;
  const docker = new Docker({ host, ...options });
  try {
    return await use(docker, running);
  } finally {
    await docker.close();
    await running.close();
  }
}

/** Runs an HTTP server and a client of it, for what nock cannot do: break off, hang, push back. */
export function withServer<T>(
  listener: RequestListener,
  use: (docker: Docker, running: RunningServer) => Promise<T>,
  options?: ClientOptions,
): Promise<T> {
  return withClientOf(createServer(listener), use, options);
}
