import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ArgumentError, type Docker, EngineError } from "../../../src/index.js";
import { EngineRequest, Transport } from "../../../src/transport/index.js";
import { withByteServer } from "../../helpers/byte-server.js";

const whole = (received: string): boolean => received.endsWith("\r\n\r\n");

describe("an answer without a body leaves its connection for the next call", () => {
  const empty = "Content-Length: 0\r\n\r\n";
  const table: [string, string, (docker: Docker) => PromiseLike<unknown>][] = [
    ["404 to a HEAD", `HTTP/1.1 404 X\r\n${empty}`, (docker) => docker.systemPingHead()],
    [
      "404 to a HEAD that says how long it would be",
      "HTTP/1.1 404 X\r\nContent-Length: 34\r\n\r\n",
      (docker) => docker.containerArchiveInfo("web", { path: "/x" }),
    ],
    ["404 and nothing", `HTTP/1.1 404 X\r\n${empty}`, (docker) => docker.containerInspect("web")],
    ["500 and nothing to a tar", `HTTP/1.1 500 X\r\n${empty}`, (docker) => docker.imageGet("a")],
    ["200 and nothing to JSON", `HTTP/1.1 200 OK\r\n${empty}`, (docker) => docker.containerList()],
    ["204 to JSON", "HTTP/1.1 204 X\r\n\r\n", (docker) => docker.containerList()],
    ["304", "HTTP/1.1 304 X\r\n\r\n", (docker) => docker.containerStart("web")],
    ["200 and nothing to text", `HTTP/1.1 200 OK\r\n${empty}`, (docker) => docker.systemPing()],
    [
      "200 and nothing to logs",
      `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n${empty}`,
      (docker) => docker.containerLogs("web", { stdout: true }),
    ],
  ];

  test.each(table)("%s", async (_, answer, call) => {
    await withByteServer(
      (socket, received) => void (whole(received) && socket.write(answer)),
      async (docker, { received }) => {
        for (let i = 0; i < 5; i += 1) await Promise.resolve(call(docker)).catch(() => undefined);
        expect(received).toHaveLength(1);
        expect(received[0]?.match(/HTTP\/1\.1\r\n/g)).toHaveLength(5);
      },
    );
  });
});

describe("an Engine that answers without reading the body", () => {
  const refusal = '{"message":"no such container"}';
  const answer = `HTTP/1.1 404 Not Found\r\nContent-Length: ${refusal.length}\r\n\r\n${refusal}`;

  /** A source without end, and whether it is still there. */
  function endless() {
    const source = new Readable({
      read() {
        setImmediate(() => this.push(Buffer.alloc(64 * 1024)));
      },
    });
    return source;
  }

  test.each([
    { what: "a Node stream", body: endless },
    {
      what: "a generator",
      body: () =>
        (async function* () {
          for (;;) {
            await sleep(1);
            yield Buffer.alloc(64 * 1024);
          }
        })(),
    },
  ])("keeps neither connection nor source: $what", async ({ body }) => {
    const source = body();
    let answered = false;
    await withByteServer(
      (socket) => {
        if (answered) return;
        answered = true;
        // It notices that the connection is closed only when it reads again.
        socket.pause().write(answer);
        setTimeout(() => socket.resume(), 200);
      },
      async (docker, { closed }) => {
        const result = await docker.putContainerArchive("web", source, { path: "/" }).result();
        expect(!result.ok && result.error).toBeInstanceOf(EngineError);
        await closed();
        if (source instanceof Readable) expect(source.destroyed).toBe(true);
        else expect(await source.next()).toEqual({ done: true, value: undefined });
      },
      { apiVersion: "1.48" },
    );
  });

  test("nor does one of bytes, of which the rest is not taken", async () => {
    let answered = false;
    await withByteServer(
      (socket) => {
        if (answered) return;
        answered = true;
        // It notices that the connection is closed only when it reads again.
        socket.pause().write(answer);
        setTimeout(() => socket.resume(), 200);
      },
      async (docker, { closed }) => {
        const body = Buffer.alloc(16 << 20);
        const result = await docker.putContainerArchive("web", body, { path: "/" }).result();
        expect(result).toMatchObject({ ok: false, status: 404 });
        await closed();
      },
      { apiVersion: "1.48" },
    );
  });
});

describe("a body that cannot be read ends the call with an ArgumentError, and leaves no connection", () => {
  const locked = new ReadableStream();
  locked.getReader();
  const read = Readable.from([Buffer.from("x")]).resume();
  const destroyed = new Readable({ read: () => undefined }).on("error", () => undefined);
  destroyed.destroy(new Error("no such file"));
  const closing = new Readable({ read: () => void setTimeout(() => closing.destroy(), 30) });

  test.each([
    {
      what: "whose iterator throws",
      body: {
        [Symbol.asyncIterator]: () => {
          throw new Error("it is spent");
        },
      },
      says: "it is spent",
    },
    { what: "of a locked web stream", body: locked, says: "locked" },
    { what: "of a stream that was read", body: read, says: "it was read before" },
    { what: "of a stream that has failed", body: destroyed, says: "no such file" },
    { what: "of a stream that closes before its end", body: closing, says: "closed before its end" },
    {
      what: "that throws no error",
      body: {
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject("text") }),
      },
      says: "text",
    },
    {
      what: "that throws what cannot be shown",
      body: {
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(Object.create(null)) }),
      },
      says: "reading the body failed: ",
    },
    { what: "of something else than bytes", body: Readable.from([{ a: 1 }]), says: "must be" },
  ])("$what", async ({ body, says }) => {
    await sleep(5);
    await withByteServer(
      () => undefined,
      async (docker, { closed }) => {
        const loading = docker.imageLoad({ body: body as never });
        await expect(loading).rejects.toThrow(ArgumentError);
        await expect(loading).rejects.toThrow(says);
        await closed();
      },
      { apiVersion: "1.48" },
    );
  });
});

test("a signal that is not one leaves no timer", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const endpoint = { kind: "unix" as const, socketPath: "/none" };
  const transport = new Transport(() => ({ endpoint, connectTimeout: 60_000 }));
  const settings = { headers: {}, operation: "X", timeout: 60_000, signal: {} as AbortSignal };
  const init = { method: "GET", settings };
  await expect(transport.send(new EngineRequest("/", init))).rejects.toThrow();
  expect(timers()).toBe(before);
});

test("many calls under one signal warn of no leak, and leave no listener", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on("warning", onWarning);
  const abort = new AbortController();
  const { signal } = abort;
  const listens = jest.spyOn(signal, "addEventListener");
  const leaves = jest.spyOn(signal, "removeEventListener");
  await withByteServer(
    // Of all that a kept connection has received, the last request counts.
    (socket, received) =>
      void (
        received.slice(received.lastIndexOf("GET ")).includes("/_ping") &&
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")
      ),
    async (docker) => {
      await Promise.all(Array.from({ length: 50 }, () => docker.systemPing({ signal })));
      await sleep(10);
      expect(leaves.mock.calls.length).toBe(listens.mock.calls.length);
      const calls = Array.from({ length: 50 }, () => docker.containerList({}, { signal }).result());
      await sleep(20);
      abort.abort();
      for (const result of await Promise.all(calls)) {
        expect(result).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_ABORTED" } });
      }
    },
  );
  process.off("warning", onWarning);
  expect(warnings).toEqual([]);
});
