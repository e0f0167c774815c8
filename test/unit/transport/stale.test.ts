import { spawn } from "node:child_process";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { ConnectionError, Docker } from "../../../src/index.js";
import { withClientOf } from "../../helpers/servers.js";
import { temporaryFolder } from "../../helpers/temporary-folder.js";

const OK =
  "HTTP/1.1 200 OK\r\nApi-Version: 1.48\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]";

/** A server that answers the first request of each connection, and treats the others as told. */
function withServer(
  second: (socket: Socket) => void,
  use: (docker: Docker, seen: string[]) => Promise<void>,
): Promise<void> {
  const seen: string[] = [];
  const server = createServer((socket) => {
    let requests = 0;
    socket
      .on("error", () => undefined)
      .on("data", (bytes) => {
        const [line = ""] = bytes.toString("latin1").split(" HTTP/1.1");
        seen.push(line);
        requests += 1;
        if (requests === 1) socket.write(OK);
        else second(socket);
      });
  });
  return withClientOf(server, (docker) => use(docker, seen));
}

const list = "GET /v1.48/containers/json";
const create = "POST /v1.48/containers/create";
const hangUp = (socket: Socket) => socket.destroy();

test("a GET on a kept connection that turns out dead is sent again on a new one", () =>
  withServer(hangUp, async (docker, seen) => {
    for (let i = 0; i < 4; i += 1) await docker.containerList();
    expect(seen).toEqual([list, list, list, list, list, list, list]);
  }));

test("the other idle connections are given up too", () =>
  withServer(hangUp, async (docker, seen) => {
    await Promise.all([1, 2, 3, 4].map(() => docker.containerList()));
    await docker.containerList();
    expect(seen).toHaveLength(6);
  }));

test("a container is not created twice", () =>
  withServer(hangUp, async (docker, seen) => {
    await docker.containerList();
    const result = await docker.containerCreate({ Image: "a" }).result();
    expect(!result.ok && result.error).toBeInstanceOf(ConnectionError);
    expect(seen).toEqual([list, create]);
  }));

test("a streamed body is not sent again", () =>
  withServer(hangUp, async (docker, seen) => {
    await docker.containerList();
    const result = await docker.imageLoad({ body: Readable.from([Buffer.from("tar")]) }).result();
    expect(!result.ok && result.error).toBeInstanceOf(ConnectionError);
    expect(seen.filter((line) => line.includes("load"))).toHaveLength(1);
  }));

test("an answer that has begun is not asked for again", () =>
  withServer(
    (socket) => socket.end("HTTP/1.1 200"),
    async (docker, seen) => {
      await docker.containerList();
      const result = await docker.containerList().result();
      expect(!result.ok && result.error).toBeInstanceOf(ConnectionError);
      expect(seen).toEqual([list, list]);
    },
  ));

test("a call is sent again once, and never for its own new connection", async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket
      .on("error", () => undefined)
      .once("data", () => {
        if (connections > 1) return socket.destroy();
        socket.write(OK);
        return socket.once("data", () => socket.destroy());
      });
  });
  await withClientOf(server, async (docker) => {
    await docker.containerList();
    expect(await docker.containerList().result()).toMatchObject({
      ok: false,
      error: { code: "ERR_DOCKER_CONNECTION" },
    });
    expect(connections).toBe(2);
    expect(await docker.containerList().result()).toMatchObject({ ok: false });
    expect(connections).toBe(3);
  });
});

test("an abort is not taken for a dead connection", () =>
  withServer(
    () => undefined,
    async (docker, seen) => {
      await docker.containerList();
      const result = await docker.containerList({}, { timeout: 50 }).result();
      expect(result).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_TIMEOUT" } });
      expect(seen).toEqual([list, list]);
    },
  ));

describe("a server that hangs up while this process is busy", () => {
  // In a process of its own, to be at work while this one is not.
  const script = `
    let created = 0;
    require("node:http").createServer((request, response) => {
      if (request.method === "POST") created += 1;
      response.end(request.method === "POST" ? '{"Id":"x","Warnings":[]}' : JSON.stringify([{ Id: String(created) }]));
      setTimeout(() => request.socket.destroy(), 50);
    }).listen(process.argv[1], () => console.log("up"));`;

  test("a POST that the system refused to take is sent on a new connection, once", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "engine.sock");
    const child = spawn(process.execPath, ["-e", script, path], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await new Promise((resolve) => child.stdout.once("data", resolve));
      await using docker = new Docker({ host: `unix://${path}` });
      await docker.containerList();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      const made = await docker.containerCreate({ Image: "a" });
      expect(made.Id).toBe("x");
      expect(await docker.containerList()).toMatchObject([{ Id: "1" }]);
    } finally {
      child.kill();
    }
  });
});
