import { ConnectionError } from "../../../src/index.js";
import { EngineRequest, Transport } from "../../../src/transport/index.js";
import { withByteServer } from "../../helpers/byte-server.js";

const request = () =>
  new EngineRequest("/containers/web/attach", {
    method: "POST",
    settings: { headers: {}, isStream: true, operation: "ContainerAttach" },
  });

const transportTo = (socketPath: string) =>
  new Transport(() => ({ endpoint: { kind: "unix", socketPath }, connectTimeout: 5000 }));

const FRAME = "\x01\0\0\0\0\0\0\x02hi";
const SWITCH = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

test.each([
  { what: "200 and a stream without end", answer: `HTTP/1.1 200 OK\r\n\r\n${FRAME}` },
  { what: "200 and a whole body", answer: `HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n${FRAME}` },
  { what: "200 that names an upgrade", answer: `HTTP/1.1 200 OK\r\nUpgrade: tcp\r\n\r\n${FRAME}` },
  { what: "101 without Upgrade", answer: "HTTP/1.1 101 UPGRADED\r\n\r\n" },
])("an answer of $what is not a connection, and is closed", async ({ answer }) => {
  await withByteServer(
    (socket) => void socket.write(answer),
    async (_, { path, closed }) => {
      const transport = transportTo(path);
      const response = await transport.upgrade(request());
      expect(response.upgraded).toBe(false);
      expect(() => response.connection).toThrow(ConnectionError);
      expect(() => response.connection).toThrow(
        /^ContainerAttach: the connection was not upgraded \(status \d+\)\. .* drops the Upgrade header/,
      );
      await closed();
      transport.close();
    },
  );
});

test("an answer without a body leaves no connection, whether it is read or not: a detached exec", async () => {
  await withByteServer(
    (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    async (_, { path, closed }) => {
      const transport = transportTo(path);
      const response = await transport.upgrade(request());
      expect(response).toMatchObject({ status: 200, ok: true, upgraded: false });
      await closed();
      expect(await response.text()).toBe("");
      transport.close();
    },
  );
});

test("an upgraded answer has its connection", async () => {
  await withByteServer(
    (socket, received) => void socket.write(received.endsWith("\r\n\r\n") ? SWITCH : "echo"),
    async (_, { path }) => {
      const transport = transportTo(path);
      const { upgraded, connection } = await transport.upgrade(request());
      expect(upgraded).toBe(true);
      connection.write("hello");
      expect(String(await new Promise((resolve) => connection.once("data", resolve)))).toBe("echo");
      transport.close();
    },
  );
});
