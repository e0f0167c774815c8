import { createServer, type RequestListener } from "node:http";
import type { Server } from "node:net";
import { Docker, type DockerOptions } from "../../src/index.js";
import { listen, type RunningServer } from "./listen.js";
import { listenOnPipe } from "./windows-pipe.js";

/**
 * What a client of a server is made with, and where the server listens: on a temporary socket, unless told otherwise. "npipe"
 * is a Windows pipe, which `simulateWindows` makes possible elsewhere.
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
  const running = await (transport === "npipe" ? listenOnPipe(server) : listen(server, transport));
  const docker = new Docker({ host: running.host, ...options });
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
