import { createServer, type Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import {
  AbortedError,
  type AttachStream,
  ConfigError,
  ConnectionError,
  type Docker,
  EngineError,
  StreamError,
  TimeoutError,
} from "../../../src/index.js";
import { withClientOf } from "../../helpers/servers.js";
import { latch } from "../../helpers/waiting.js";

/** A real server on a temporary socket; `prepare` says what it does with WebSockets. */
function withServer(
  prepare: (server: Server) => void,
  use: (docker: Docker) => Promise<void>,
): Promise<void> {
  const server = createServer((_, response) => void response.writeHead(404).end());
  prepare(server);
  return withClientOf(server, use);
}

const accepting = (onOpen: (socket: WebSocket) => void) => (server: Server) =>
  void new WebSocketServer({ server }).on("connection", onOpen);

const attach = (docker: Docker, request = {}): Promise<AttachStream> =>
  docker.containerAttachWebsocket("web", { stream: true, stdin: true, stdout: true }, request);

test("bytes go both ways, and the Engine's closing is the end", () =>
  withServer(
    accepting((socket) => {
      socket.on("message", (data) => {
        socket.send(`you said ${data}`);
        socket.close(1000);
      });
    }),
    async (docker) => {
      const attached = await attach(docker);
      attached.stdin.write("hello");
      expect(await attached.text()).toEqual({ stdout: "you said hello", stderr: "" });
    },
  ));

test("output that is cut off is not taken for whole", () =>
  withServer(
    accepting((socket) => {
      socket.send("half");
      setTimeout(() => socket.terminate(), 20);
    }),
    async (docker) => {
      const attached = await attach(docker);
      const error: unknown = await attached.text().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StreamError);
      expect((error as Error).message).toContain("the connection broke after 4 bytes");
    },
  ));

test("an abort and close() end it with an AbortedError", () =>
  withServer(
    accepting((socket) => socket.send("more")),
    async (docker) => {
      const abort = new AbortController();
      const one = (await attach(docker, { signal: abort.signal })).text();
      const two = (await attach(docker)).text();
      const [first, second] = [
        expect(one).rejects.toThrow(AbortedError),
        expect(two).rejects.toThrow(AbortedError),
      ];
      setTimeout(() => abort.abort(), 20);
      await first;
      await docker.close();
      await second;
    },
  ));

test("a timeout ends the wait for the upgrade, and the connection", () =>
  withServer(
    // It ends when the client does, and would be waited for else.
    (server) => void server.on("upgrade", (_, socket) => socket.resume().on("end", () => socket.end())),
    async (docker) => {
      await expect(attach(docker, { timeout: 30 })).rejects.toThrow(TimeoutError);
    },
  ));

test("a refusal is an EngineError with the Engine's words, and ends the connection", async () => {
  const { fired, fire } = latch();
  const answer = '{"message":"it is gone"}';
  const head = `HTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\nContent-Length: ${answer.length}\r\n\r\n`;
  await withServer(
    (server) =>
      void server.on("upgrade", (_, socket) => {
        // As the Engine does, it keeps the connection.
        socket.resume().on("end", () => socket.end(fire));
        socket.write(head + answer);
      }),
    async (docker) => {
      const result = await docker.containerAttachWebsocket("web").result();
      expect(!result.ok && result.error).toBeInstanceOf(EngineError);
      expect(result).toMatchObject({ ok: false, status: 409, error: { body: { message: "it is gone" } } });
      await fired;
    },
  );
});

test("a hang-up is a ConnectionError", () =>
  withServer(
    (server) => void server.on("upgrade", (_, socket) => socket.destroy()),
    async (docker) => {
      await expect(attach(docker)).rejects.toThrow(ConnectionError);
    },
  ));

test("a library that cannot be loaded is not taken for an Engine that cannot be reached", async () => {
  jest.doMock("ws", () => {
    throw new Error('Dynamic require of "events" is not supported');
  });
  await withServer(
    () => undefined,
    async (docker) => {
      const error: unknown = await attach(docker).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as Error).message).toMatch(/^Cannot load the package ws.+Dynamic require of "events"/);
    },
  ).finally(() => jest.dontMock("ws"));
});
