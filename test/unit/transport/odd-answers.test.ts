import { createServer, type Socket } from "node:net";
import { ConnectionError, type Docker, EngineError, StreamError } from "../../../src/index.js";
import { withClientOf } from "../../helpers/servers.js";

/** A client of a server that says what is given to whoever asks. */
const withAnswer = <T>(answer: (socket: Socket) => void, use: (docker: Docker) => Promise<T>): Promise<T> =>
  withClientOf(
    createServer((socket) => void socket.on("error", () => undefined).once("data", () => answer(socket))),
    use,
    { transport: "tcp" },
  );

const LIST = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";
const UPGRADED =
  "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello";
const byteByByte = (text: string) => (socket: Socket) => {
  for (const byte of Buffer.from(text)) socket.write(Buffer.from([byte]));
};

test.each([
  ["byte by byte", byteByByte(LIST)],
  ["after a 100", (socket: Socket) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${LIST}`)],
  ["after a 103", (socket: Socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${LIST}`)],
  ["of HTTP/1.0", (socket: Socket) => socket.end("HTTP/1.0 200 OK\r\n\r\n[]")],
  [
    "in chunks with a trailer",
    (socket: Socket) =>
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\nX-Y: z\r\n\r\n"),
  ],
])("an answer %s is an answer", async (_, answer) => {
  expect(
    await withAnswer(answer as (socket: Socket) => void, (docker) => docker.containerList().result()),
  ).toMatchObject({
    ok: true,
    data: [],
  });
});

test.each([
  ["byte by byte", byteByByte(UPGRADED)],
  ["after a 100", (socket: Socket) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${UPGRADED}`)],
  ["after a 103, in one piece with it", byteByByte(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${UPGRADED}`)],
])("an upgrade %s is an upgrade", async (_, answer) => {
  await withAnswer(answer as (socket: Socket) => void, async (docker) => {
    const attached = await docker.containerAttach("web", { stdout: true });
    for await (const { data } of attached) {
      expect(data.toString().startsWith("h")).toBe(true);
      break;
    }
  });
});

test("a status without a body in place of an upgrade is not waited for", async () => {
  const answer = (socket: Socket) => void socket.write("HTTP/1.1 204 No Content\r\n\r\n");
  const result = await withAnswer(answer, (docker) => docker.containerAttach("web").result());
  expect(result).toMatchObject({ ok: false, status: 204 });
  expect(!result.ok && result.error.message).toContain("the connection was not upgraded (status 204)");
});

test("an upgrade that nobody asked for is a failure, not a call without end", async () => {
  const result = await withAnswer(
    (socket) => void socket.write(UPGRADED),
    (docker) => docker.containerList().result(),
  );
  expect(!result.ok && result.error).toBeInstanceOf(ConnectionError);
});

test("a redirect is not followed", async () => {
  const answer = (socket: Socket) =>
    void socket.write("HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n");
  const result = await withAnswer(answer, (docker) => docker.containerList().result());
  expect(result).toMatchObject({ ok: false, status: 301, error: expect.any(EngineError) });
});

test("a body shorter than it said is a StreamError", async () => {
  const answer = (socket: Socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n[]");
  const result = await withAnswer(answer, (docker) => docker.containerList().result());
  expect(!result.ok && result.error).toBeInstanceOf(StreamError);
});

test("headers without end are told apart from what is not HTTP", async () => {
  const answer = (socket: Socket) =>
    void socket.write(`HTTP/1.1 200 OK\r\nX-Long: ${"a".repeat(70_000)}\r\nContent-Length: 2\r\n\r\n[]`);
  const result = await withAnswer(answer, (docker) => docker.containerList().result());
  expect(!result.ok && result.error.message).toContain("more than 16 KiB of headers");
});

test("an error page without end is read to a limit", async () => {
  const answer = (socket: Socket): void => {
    socket.write("HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\n\r\n");
    const page = Buffer.alloc(1 << 20, "x");
    const more = (): void => void (socket.destroyed || socket.write(page, more));
    more();
  };
  for (const call of [(d: Docker) => d.containerList(), (d: Docker) => d.containerAttach("web")]) {
    const result = await withAnswer(answer, (docker) => call(docker).result() as Promise<{ ok: boolean }>);
    expect(result).toMatchObject({ ok: false, status: 500, error: expect.any(EngineError) });
  }
});

test("what is in every object is neither an option nor a field of an answer", async () => {
  await withAnswer(
    (socket) =>
      void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n[{"__proto__":{"admin":1}}] '),
    async (docker) => {
      for (const name of ["constructor", "toString", "__proto__"]) {
        const options = JSON.parse(`{ "${name}": 1 }`);
        await expect(docker.containerList(options)).rejects.toThrow(`the option ${name} is unknown`);
      }
      const [first] = await docker.containerList();
      expect((first as unknown as { admin?: number }).admin).toBeUndefined();
    },
  );
});
