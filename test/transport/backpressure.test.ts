import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { Docker, StreamError } from "../../src/index.js";

const MIB = 2 ** 20;
const LIMIT = 2 * MIB;
/** More than the kernel holds for a connection, so that what is not read has to wait at the server. */
const OFFERED = 64 * MIB;

const PIECE = Buffer.alloc(256 * 1024, "x");
const RECORD = Buffer.from(`{"status":"${"x".repeat(1000)}"}\n`.repeat(256));

const frame = (payload: Buffer): Buffer => {
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
};

const FRAMES = "application/vnd.docker.multiplexed-stream";
const RAW = "application/vnd.docker.raw-stream";

/** Writes as fast as it is let, and tells what it got rid of. */
async function flood(sink: Writable, piece: Buffer): Promise<void> {
  for (let sent = 0; sent < OFFERED && !sink.destroyed; sent += piece.length) {
    if (!sink.write(piece)) {
      await new Promise<void>((resolve) => {
        sink.once("drain", resolve);
        sink.once("close", resolve);
      });
    }
  }
  sink.end();
}

/** A server that has as much to say as anyone takes, in the form that the operation asked for has. */
function fastServer(): Server {
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    const json = /\/(events|images\/create)/.test(url);
    response.writeHead(200, { "content-type": url.includes("tty") ? RAW : FRAMES });
    void flood(
      response,
      json ? RECORD : url.includes("/logs") && !url.includes("tty") ? frame(PIECE) : PIECE,
    );
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    const url = request.url ?? "";
    socket.on("error", () => undefined);
    if (url.includes("/attach/ws")) {
      sockets.handleUpgrade(request, socket, head, async (websocket) => {
        for (let sent = 0; sent < OFFERED && websocket.readyState === websocket.OPEN; sent += PIECE.length) {
          await new Promise<void>((resolve) => websocket.send(PIECE, () => resolve()));
        }
        websocket.close(1000);
      });
      return;
    }
    const raw = url.includes("tty");
    socket.write(
      `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${raw ? RAW : FRAMES}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`,
    );
    void flood(socket, raw ? PIECE : frame(PIECE));
  });
  return server;
}

/** What a client takes from its connections. */
interface Taken {
  readonly docker: Docker;
  readonly bytes: () => number;
}

async function withFastServer(
  transport: "unix" | "tcp",
  use: (taken: Taken) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "backpressure-"));
  const server = fastServer();
  const path = join(folder, "engine.sock");
  await new Promise<void>((resolve) =>
    transport === "unix" ? server.listen(path, resolve) : server.listen(0, "127.0.0.1", resolve),
  );
  const host =
    transport === "unix" ? `unix://${path}` : `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const opened: Socket[] = [];
  const onSocket = (message: unknown): void => void opened.push((message as { socket: Socket }).socket);
  subscribe("net.client.socket", onSocket);
  const docker = new Docker({ host });
  try {
    await use({ docker, bytes: () => opened.reduce((sum, { bytesRead }) => sum + bytesRead, 0) });
  } finally {
    unsubscribe("net.client.socket", onSocket);
    await docker.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  }
}

/** How much was taken once nothing more is. */
async function settled(bytes: () => number): Promise<number> {
  for (let before = -1; ; ) {
    await sleep(150);
    const now = bytes();
    if (now === before) return now;
    before = now;
  }
}

const both = { stdout: true, stderr: true } as const;
const attached = { stream: true, stdout: true } as const;

const kinds: Readonly<Record<string, (docker: Docker) => Promise<AsyncIterable<unknown>>>> = {
  "a tar": (docker) => docker.imageGet("big").unwrap(),
  "an archive": (docker) => docker.containerArchive("web", { path: "/" }).unwrap(),
  "logs in frames": (docker) => docker.containerLogs("web", both).unwrap(),
  "logs of a terminal": (docker) => docker.containerLogs("tty", both).unwrap(),
  "attach in frames": (docker) => docker.containerAttach("web", attached).unwrap(),
  "attach to a terminal": (docker) => docker.containerAttach("tty", attached).unwrap(),
  "an exec": (docker) => docker.execStart("tty", { body: { Detach: false, Tty: true } }).unwrap(),
  "a websocket": (docker) => docker.containerAttachWebsocket("web", attached).unwrap(),
  "JSON lines": (docker) => docker.systemEvents().unwrap(),
  progress: (docker) => docker.imageCreate({ fromImage: "big" }).unwrap(),
  "a tar as a Node stream": async (docker) => (await docker.imageGet("big").unwrap()).toNode(),
  "a tar as a web stream": async (docker) => (await docker.imageGet("big").unwrap()).toWeb(),
};

describe.each(["unix", "tcp"] as const)("over %s, what is taken of an Engine that is faster", (transport) => {
  test.each(Object.keys(kinds))("of %s is at most 2 MiB if nobody reads", async (kind) => {
    await withFastServer(transport, async ({ docker, bytes }) => {
      const stream = await kinds[kind]?.(docker);
      expect(stream).toBeDefined();
      const taken = await settled(bytes);
      expect(taken).toBeGreaterThan(0);
      expect(taken).toBeLessThanOrEqual(LIMIT);
    });
  });

  test.each(Object.keys(kinds))(
    "of %s is at most 2 MiB if the reader stops, and all if it goes on",
    async (kind) => {
      await withFastServer(transport, async ({ docker, bytes }) => {
        const stream = await kinds[kind]?.(docker);
        const iterator = stream?.[Symbol.asyncIterator]();
        for (let i = 0; i < 3; i += 1) expect((await iterator?.next())?.done).toBe(false);
        expect(await settled(bytes)).toBeLessThanOrEqual(LIMIT);
        while (!(await iterator?.next())?.done);
        expect(bytes()).toBeGreaterThanOrEqual(OFFERED);
      });
    },
  );

  test("of output that is piped into a stream that takes nothing is at most 2 MiB", async () => {
    await withFastServer(transport, async ({ docker, bytes }) => {
      const stuck = new Writable({ write: () => undefined });
      const piping = (await docker.containerLogs("web", both).unwrap()).pipe(stuck);
      expect(await settled(bytes)).toBeLessThanOrEqual(LIMIT);
      stuck.destroy();
      await expect(piping).rejects.toThrow(StreamError);
    });
  });
});
