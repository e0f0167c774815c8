import { createServer, type Socket } from "node:net";
import {
  AbortedError,
  type AttachStream,
  ConnectionError,
  type Docker,
  EngineError,
  TimeoutError,
} from "../../../src/index.js";
import { withClientOf } from "../../helpers/servers.js";
import { latch } from "../../helpers/waiting.js";

const SWITCH =
  "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nApi-Version: 1.48\r\n\r\n";

/** A server that speaks bytes, and a client of it. `speak` gets each connection once its request has arrived. */
function withBytes<T>(
  speak: (socket: Socket, request: string) => void,
  use: (docker: Docker) => Promise<T>,
): Promise<T> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let request = "";
    const onData = (chunk: Buffer): void => {
      request += chunk.toString("latin1");
      const end = request.indexOf("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(request)?.[1] ?? 0);
      if (end < 0 || request.length < end + 4 + length) return;
      socket.off("data", onData);
      speak(socket, request);
    };
    socket.on("data", onData).on("error", () => undefined);
  });
  return withClientOf(server, use);
}

const attach = (docker: Docker): Promise<AttachStream> =>
  docker.containerAttach("web", { stream: true, stdin: true, stdout: true });

test("the request asks for the upgrade, on a connection of its own, without a body", async () => {
  let seen = "";
  await withBytes(
    (socket, request) => {
      seen = request;
      socket.end(SWITCH);
    },
    async (docker) => {
      await (await attach(docker)).text();
    },
  );
  expect(seen).toMatch(
    /^POST \/v1\.48\/containers\/web\/attach\?stream=true&stdin=true&stdout=true HTTP\/1\.1\r\nHost: localhost\r\n/,
  );
  expect(seen).toMatch(/\r\nConnection: Upgrade\r\n/);
  expect(seen).toMatch(/\r\nupgrade: tcp\r\n/i);
  expect(seen).toMatch(/\r\nContent-Length: 0\r\n\r\n$/);
});

test("exec start sends its JSON with its length", async () => {
  let seen = "";
  await withBytes(
    (socket, request) => {
      seen = request;
      socket.end(SWITCH);
    },
    async (docker) => {
      await (await docker.execStart("abc", { body: { Detach: false, Tty: true } })).text();
    },
  );
  expect(seen).toMatch(/\r\nContent-Type: application\/json\r\n/i);
  expect(seen).toMatch(/\r\nContent-Length: 27\r\n\r\n\{"Detach":false,"Tty":true\}$/);
});

test.each(["at once", "byte by byte"])("bytes that come with the 101, %s, are the stream's", async (pace) => {
  await withBytes(
    (socket) => {
      const bytes = [...`${SWITCH}early `];
      if (pace === "at once") socket.end(`${bytes.join("")}late`);
      else for (const byte of [...bytes, ..."late"]) socket.write(byte);
      if (pace !== "at once") socket.end();
    },
    async (docker) =>
      expect(await (await attach(docker)).text()).toEqual({ stdout: "early late", stderr: "" }),
  );
});

test("ending stdin half-closes: the output still comes", async () => {
  await withBytes(
    (socket) => {
      socket.write(SWITCH);
      let input = "";
      socket.on("data", (chunk: Buffer) => {
        input += chunk;
      });
      socket.on("end", () => setTimeout(() => socket.end(`got ${input}`), 20));
    },
    async (docker) => {
      const attached = await attach(docker);
      attached.stdin.end("hello");
      expect((await attached.text()).stdout).toBe("got hello");
    },
  );
});

test.each([
  { form: "with a length", body: 'Content-Length: 34\r\n\r\n{"message":"container is stopped"}' },
  {
    form: "in chunks",
    body: 'Transfer-Encoding: chunked\r\n\r\n10\r\n{"message":"cont\r\n12\r\nainer is stopped"}\r\n0\r\n\r\n',
  },
])("an answer other than 101 $form is an EngineError, though the connection stays open", async ({ body }) => {
  await withBytes(
    (socket) => void socket.write(`HTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\n${body}`),
    async (docker) => {
      const result = await docker.containerAttach("web", { stream: true }).result();
      expect(!result.ok && result.error).toBeInstanceOf(EngineError);
      expect(result).toMatchObject({
        ok: false,
        status: 409,
        error: { body: { message: "container is stopped" } },
      });
    },
  );
});

test("plain text that ends with the connection is an EngineError with its words", async () => {
  await withBytes(
    (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\nclient sent nonsense"),
    async (docker) => {
      const result = await docker.containerAttach("web", { stream: true }).result();
      expect(!result.ok && result.error.message).toContain("client sent nonsense");
    },
  );
});

test.each([
  {
    what: "is not HTTP",
    speak: (socket: Socket) => void socket.end("SSH-2.0-OpenSSH\r\n"),
    message: "does not speak HTTP",
  },
  {
    what: "never ends its head",
    speak: (socket: Socket) => void socket.write(`HTTP/1.1 101 X\r\nA: ${"a".repeat(70_000)}`),
    message: "more than 16 KiB of headers",
  },
  {
    what: "is a hang-up",
    speak: (socket: Socket) => void socket.destroy(),
    message: "closed the connection before it answered",
  },
])("an answer that $what is a ConnectionError", async ({ speak, message }) => {
  await withBytes(speak, async (docker) => {
    const result = await docker.containerAttach("web", { stream: true }).result();
    expect(!result.ok && result.error).toBeInstanceOf(ConnectionError);
    expect(!result.ok && result.error.message).toContain(message);
  });
});

test("a timeout ends the wait for the 101", async () => {
  await withBytes(
    () => undefined,
    async (docker) => {
      const result = await docker.containerAttach("web", { stream: true }, { timeout: 30 }).result();
      expect(!result.ok && result.error).toBeInstanceOf(TimeoutError);
    },
  );
});

test("an abort ends an attached stream and its connection", async () => {
  const closed = latch();
  const abort = new AbortController();
  await withBytes(
    (socket) => {
      socket.once("close", closed.fire);
      socket.once("end", () => socket.end());
      socket.resume().write(`${SWITCH}hello`);
    },
    async (docker) => {
      const attached = await docker.containerAttach("web", { stream: true }, { signal: abort.signal });
      const reading = attached.text();
      setTimeout(() => abort.abort(), 20);
      await expect(reading).rejects.toThrow(AbortedError);
      await closed.fired;
    },
  );
});

test("a process that ends without reading its input ends nothing else", async () => {
  await withBytes(
    (socket) => {
      socket.write(`${SWITCH}bye`);
      socket.destroySoon();
    },
    async (docker) => {
      const attached = await attach(docker);
      for (let i = 0; i < 50; i += 1) attached.stdin.write(Buffer.alloc(64 * 1024));
      await attached.text().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
  );
});
