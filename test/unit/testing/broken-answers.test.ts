import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ArgumentError, ConnectionError, Docker, StreamError } from "../../../src/index.js";
import type { MockEngine } from "../../../src/testing/index.js";
import { tarOf } from "../../helpers/tar-archive.js";
import { useMockEngine } from "../../helpers/use-mock-engine.js";

let engine: MockEngine;
let docker: Docker;

useMockEngine((made) => {
  ({ engine, docker } = made);
});

const out = (data: string) => ({ stream: "stdout", data }) as const;

test.each(["first", "after another call"])("a mocked failure breaks the connection, %s", async (when) => {
  engine.on("systemPing").reply(200, "OK", { times: Number.POSITIVE_INFINITY }).on("systemInfo").fail();
  if (when !== "first") await docker.systemPing();
  const result = await docker.systemInfo().result();
  expect(!result.ok && result.error).toBeInstanceOf(ConnectionError);
  expect(engine.calls.filter(({ operation }) => operation === "systemInfo")).toHaveLength(1);
  engine.done();
});

test("a failure is as frequent as told, and the next mock answers", async () => {
  engine.on("imageList").fail({ times: 2 }).on("imageList").reply(200, []);
  expect((await docker.imageList().result()).ok).toBe(false);
  expect((await docker.imageList().result()).ok).toBe(false);
  expect(await docker.imageList()).toEqual([]);
  engine.done();
});

test("a source that throws breaks the stream after what it gave", async () => {
  engine.on("containerLogs").reply(
    200,
    (async function* () {
      yield out("before");
      throw new Error("cut");
    })(),
  );
  const seen: string[] = [];
  const logs = await docker.containerLogs("web", { stdout: true });
  const read = (async () => {
    for await (const { data } of logs) seen.push(data.toString());
  })();
  await expect(read).rejects.toThrow(StreamError);
  expect(seen).toEqual(["before"]);
});

test("a piece that cannot be sent breaks the stream and says why", async () => {
  engine.on("systemEvents").reply(
    200,
    (async function* () {
      yield { Type: "container" as const };
      yield undefined as never;
    })(),
  );
  const events = await docker.systemEvents();
  const iterator = events[Symbol.asyncIterator]();
  await iterator.next();
  await expect(iterator.next()).rejects.toThrow(/the mocked body/);
});

test("a stream that is left early ends its source", async () => {
  let ended = false;
  engine.on("systemEvents").reply(
    200,
    (async function* () {
      try {
        for (;;) yield { Type: "container" as const };
      } finally {
        ended = true;
      }
    })(),
  );
  for await (const event of docker.systemEvents()) {
    expect(event.Type).toBe("container");
    break;
  }
  await sleep(1);
  expect(ended).toBe(true);
});

test("a delay ends with the call that waits for it", async () => {
  engine.on("systemPing").reply(200, "OK", { delay: 60_000, times: 3 });
  const result = await docker.systemPing({ timeout: 20 }).result();
  expect(result).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_TIMEOUT" } });
  const aborted = await docker.systemPing({ signal: AbortSignal.timeout(20) }).result();
  expect(aborted).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_ABORTED" } });
  const closed = docker.systemPing().result();
  await sleep(1);
  engine.close();
  expect(await closed).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_CONNECTION" } });
});

test("closing the engine breaks the streams that are open", async () => {
  engine.on("containerLogs").reply(
    200,
    (async function* () {
      yield out("first");
      await new Promise(() => undefined);
    })(),
  );
  const logs = await docker.containerLogs("web", { stdout: true, follow: true });
  const text = logs.text();
  engine.close();
  await expect(text).rejects.toThrow(StreamError);
});

describe("a stream as a body", () => {
  const tar = tarOf({ "layer.tar": Buffer.alloc(2048, 1) });

  test("serves one call", async () => {
    engine.on("imageGet").reply(200, Readable.from([tar.subarray(0, 1000), tar.subarray(1000)]));
    const image = await docker.imageGet("alpine");
    await expect(image.bytes()).resolves.toEqual(tar);
    engine.done();
  });

  test("is refused for more than one call, which a function can serve", async () => {
    const mock = engine.on("containerExport");
    expect(() => mock.reply(200, Readable.from([tar]), { times: 2 })).toThrow(
      /only one call; pass bytes, or a function/,
    );
    expect(() => engine.on("systemEvents").reply(200, (function* () {})(), { times: 2 })).toThrow(
      ArgumentError,
    );
    mock.reply(200, () => Readable.from([tar]), { times: 2 });
    for (let i = 0; i < 2; i++) expect(await (await docker.containerExport("web")).bytes()).toEqual(tar);
    engine.done();
  });

  test("that fails is reported to its reader, and ends nothing before", async () => {
    engine.on("imageGet").reply(200, createReadStream("/nonexistent/image.tar"));
    await sleep(20);
    const image = await docker.imageGet("alpine");
    await expect(image.bytes()).rejects.toThrow(StreamError);
  });

  test("that no call took is closed with the engine", async () => {
    const source = Readable.from([tar]);
    engine.on("imageGet").reply(200, source);
    engine.close();
    expect(source.destroyed).toBe(true);
  });
});

describe("a function as a body", () => {
  test("gets the call", async () => {
    engine
      .on("containerInspect")
      .reply(200, ({ path }) => ({ Id: path.split("/")[2] as string }), { times: Number.POSITIVE_INFINITY });
    expect((await docker.containerInspect("a")).Id).toBe("a");
    expect((await docker.containerInspect("b")).Id).toBe("b");
    engine.done();
  });

  test("that throws is reported to the caller and by done()", async () => {
    engine.on("systemPing").reply(200, () => {
      throw new Error("no idea");
    });
    await expect(docker.systemPing()).rejects.toThrow("systemPing: the mock's function failed: no idea");
    expect(() => engine.done()).toThrow("no idea");
  });
});

test("what the SDK asks by itself is neither expected nor recorded", async () => {
  engine.on("imageLoad", { body: (tar) => tar.toString() === "tar" }).reply(200, [{ stream: "Loaded" }]);
  const load = await docker.imageLoad({ body: Readable.from([Buffer.from("tar")]) });
  await load.done();
  expect(engine.calls.map(({ operation }) => operation)).toEqual(["imageLoad"]);
  engine.done();
});

test("a request body that fails is the caller's error", async () => {
  engine.on("imageLoad").reply(200, []);
  const body = (async function* () {
    yield Buffer.from("t");
    throw new Error("disk gone");
  })();
  await expect(docker.imageLoad({ body })).rejects.toThrow(/reading the body failed: disk gone/);
});

test.each([
  ["a body where none belongs", () => engine.on("containerStop").reply(204, {} as never)],
  ["a cycle", () => engine.on("containerInspect").reply(200, cycle as never)],
  ["text that is not a string", () => engine.on("systemPing").reply(200, 5 as never)],
  ["an export that is not bytes", () => engine.on("imageGet").reply(200, { Id: "1" } as never)],
  ["records that are not a list", () => engine.on("systemEvents").reply(200, {} as never)],
  [
    "output of an unknown stream",
    () => engine.on("containerLogs").reply(200, [{ stream: "log", data: "" }] as never),
  ],
  ["a status that is not one", () => engine.on("systemPing").reply(99 as never, "OK" as never)],
  ["an upgrade of an ordinary call", () => engine.on("systemPing").reply(101 as never, "OK" as never)],
  ["a negative delay", () => engine.on("systemPing").reply(200, "OK", { delay: -1 })],
  ["an unknown option", () => engine.on("systemPing").reply(200, "OK", { time: 2 } as never)],
  ["headers in a Map", () => engine.on("systemPing").reply(200, "OK", { headers: new Map() as never })],
  ["a header with a new line", () => engine.on("systemPing").reply(200, "OK", { headers: { A: "b\r\n" } })],
  ["headers without an answer", () => engine.on("systemPing").fail({ headers: {} } as never)],
  ["a delay no timer can wait for", () => engine.on("systemPing").fail({ delay: 2 ** 31 })],
  ["no times", () => engine.on("systemPing").reply(200, "OK", { times: 0 })],
  ["half a time", () => engine.on("systemPing").fail({ times: 1.5 })],
])("refuses to answer with %s", (_, mock) => {
  expect(mock).toThrow(ArgumentError);
});

const cycle: Record<string, unknown> = {};
cycle.Self = cycle;

test("its connect function is for the client alone", async () => {
  const { connect, env } = engine.options;
  await using wrapped = new Docker({ env, connect: (signal) => connect?.(signal) as never });
  expect(await wrapped.systemPing().result()).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining("Pass its options to `new Docker()` as they are") },
  });
});
