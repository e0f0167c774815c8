import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { openSocket } from "../../../src/transport/dial/socket.js";
import { listen } from "../../helpers/listen.js";

const MIB = 2 ** 20;

/** Bytes that say where they belong, so that others in their place show. */
function bytesOf(connection: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 8 <= length; at += 8) {
    bytes.writeUInt32LE(connection, at);
    bytes.writeUInt32LE(at, at + 4);
  }
  return bytes;
}

/** Runs a server of connections to which `send` writes, by their number; `open` opens one. */
async function withServer(
  transport: "unix" | "tcp",
  send: (socket: Socket, connection: number) => void,
  use: (open: () => Promise<Socket>) => Promise<void>,
): Promise<void> {
  let connections = 0;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    send(socket, connections);
    connections += 1;
  });
  const { path, close } = await listen(server, transport);
  const { port } = server.address() as AddressInfo;
  try {
    await use(async () => {
      const socket = openSocket(transport === "unix" ? { path } : { host: "127.0.0.1", port });
      await once(socket, "connect");
      return socket;
    });
  } finally {
    await close();
  }
}

test("pieces that are kept stay what they were, whatever arrives on other sockets", async () => {
  const lengths = [1, 100, 64 * 1024, 64 * 1024 + 1, MIB, 4 * MIB, 3 * MIB + 5, 256 * 1024];
  await withServer(
    "unix",
    (socket, connection) => socket.end(bytesOf(connection, lengths[connection] ?? 0)),
    async (open) => {
      const sockets: Socket[] = [];
      for (const _ of lengths) sockets.push(await open());
      const received = await Promise.all(sockets.map((socket) => socket.toArray() as Promise<Buffer[]>));
      for (const [connection, pieces] of received.entries())
        expect(Buffer.concat(pieces).equals(bytesOf(connection, lengths[connection] ?? 0))).toBe(true);
    },
  );
});

test("much that has arrived is read at once, and little does not hold more memory than it needs", async () => {
  await withServer(
    "unix",
    (socket) => void socket.end(Buffer.alloc(8 * MIB)),
    async (open) => {
      const socket = await open();
      const pieces = (await socket.toArray()) as Buffer[];
      expect(Math.max(...pieces.map(({ length }) => length))).toBeGreaterThan(64 * 1024);
      for (const { length, buffer } of pieces)
        if (length > 8192) expect(buffer.byteLength).toBeLessThanOrEqual(2 * length);
    },
  );
});

test("a paused socket shows that its connection was reset", async () => {
  await withServer(
    "tcp",
    (socket) => setTimeout(() => socket.resetAndDestroy(), 20),
    async (open) => {
      const socket = await open();
      socket.resume().pause();
      const [error] = await once(socket, "error");
      expect(error).toMatchObject({ code: "ECONNRESET" });
    },
  );
});

test.each([
  ["is resumed and paused", (socket: Socket) => void socket.resume().pause()],
  ["is read bit by bit", (socket: Socket) => void socket.read(1)],
  ["is looked at", (socket: Socket) => void socket.read(0)],
])("a socket that %s reads no more than it may hold", async (_, touch) => {
  await withServer(
    "unix",
    (socket) => void socket.write(Buffer.alloc(64 * MIB)),
    async (open) => {
      const socket = await open();
      socket.pause();
      for (let i = 0; i < 100; i += 1) {
        touch(socket);
        await sleep(1);
      }
      expect(socket.readableLength).toBeLessThan(MIB);
      socket.destroy();
    },
  );
});
