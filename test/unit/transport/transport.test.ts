import { writeFile } from "node:fs/promises";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { ConnectionError, Docker } from "../../../src/index.js";
import { withServer } from "../../helpers/servers.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";
import { latch } from "../../helpers/waiting.js";

test("connections are kept for the next call", async () => {
  const sockets = new Set<Socket>();
  await withServer(
    (request, response) => {
      sockets.add(request.socket);
      response.end("OK");
    },
    async (docker) => {
      for (let i = 0; i < 5; i += 1) await docker.systemPing();
      for (let i = 0; i < 3; i += 1) await docker.containerPause("web");
      expect(sockets.size).toBe(1);
    },
  );
});

test("an unread body does not block other calls", async () => {
  await withServer(
    (request, response) => {
      if (request.url?.endsWith("/get")) response.write(Buffer.alloc(1 << 20));
      else response.end("OK");
    },
    async (docker) => {
      for (let i = 0; i < 20; i += 1) await docker.imageGet("alpine");
      expect(await docker.systemPing()).toBe("OK");
    },
  );
});

test("close() ends calls under way and their connections", async () => {
  const [arrived, closed] = [latch(), latch()];
  await withServer(
    (request) => {
      request.socket.once("close", closed.fire);
      arrived.fire();
    },
    async (docker) => {
      const call = docker.systemPing();
      await arrived.fired;
      await docker.close();
      expect(await call.result()).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_ABORTED" } });
      await closed.fired;
    },
  );
});

test("aborting a call closes its connection", async () => {
  const [arrived, closed] = [latch(), latch()];
  await withServer(
    (request) => {
      request.socket.once("close", closed.fire);
      arrived.fire();
    },
    async (docker) => {
      const abort = new AbortController();
      const call = docker.systemPing({ signal: abort.signal });
      await arrived.fired;
      abort.abort();
      expect(await call.result()).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_ABORTED" } });
      await closed.fired;
    },
  );
});

test("a signal that many calls share gathers no listeners", async () => {
  const abort = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = abort.signal;
  abort.signal.addEventListener = (...args: unknown[]) => {
    listeners += 1;
    return Reflect.apply(addEventListener, abort.signal, args);
  };
  abort.signal.removeEventListener = (...args: unknown[]) => {
    listeners -= 1;
    return Reflect.apply(removeEventListener, abort.signal, args);
  };
  await withServer(
    (_, response) => void response.end("OK"),
    async (docker) => {
      for (let i = 0; i < 10; i += 1) await docker.systemPing({ signal: abort.signal });
      await new Promise((resolve) => setImmediate(resolve));
    },
  );
  expect(listeners).toBe(0);
});

describe("no Engine", () => {
  let folder: string;
  useTemporaryFolder((path) => {
    folder = path;
  });

  const failure = async (host: string) => {
    const docker = new Docker({ host });
    const result = await docker.systemPing().result();
    await docker.close();
    return result.ok ? undefined : result.error;
  };

  test("a missing socket, a file that is not a socket and a refused port each say what to try", async () => {
    const missing = await failure(`unix://${folder}/missing.sock`);
    expect(missing).toBeInstanceOf(ConnectionError);
    expect(missing?.message).toContain("there is no such socket. Start Docker");

    await writeFile(join(folder, "file.sock"), "");
    for (const path of [`${folder}/file.sock`, folder]) {
      expect((await failure(`unix://${path}`))?.message).toContain("the path exists but is not a socket");
    }

    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect((await failure(`tcp://127.0.0.1:${port}`))?.message).toContain("nothing listens on that port");
  });

  test("a server that speaks no HTTP, or hangs up, is told apart", async () => {
    const speaks = async (use: (socket: Socket) => void) => {
      const server = createTcpServer((socket) => {
        socket.on("error", () => undefined).resume();
        use(socket);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const error = await failure(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
      await new Promise((resolve) => server.close(resolve));
      return error?.message;
    };
    expect(await speaks((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"))).toContain("does not speak HTTP");
    expect(await speaks((socket) => socket.destroy())).toContain("closed the connection before it answered");
  });
});
