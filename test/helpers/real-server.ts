import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Docker, type DockerOptions } from "../../src/index.js";

/** A real server on a temporary socket and a client of it, for what nock cannot do: break off, hang, push back. */
export async function withServer<T>(
  listener: RequestListener,
  use: (docker: Docker) => Promise<T>,
  options: Omit<DockerOptions, "host"> = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "real-server-"));
  const socket = join(folder, "engine.sock");
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const docker = new Docker({ host: `unix://${socket}`, ...options });
  try {
    return await use(docker);
  } finally {
    await docker.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  }
}

/** A promise to be resolved from elsewhere. */
export function signal(): { readonly fired: Promise<void>; readonly fire: () => void } {
  let fire: () => void = () => undefined;
  const fired = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { fired, fire };
}
