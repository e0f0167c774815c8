import {
  ArgumentError,
  ConnectionError,
  Docker,
  imageGet,
  isEngineError,
  StreamError,
} from "../../../src/index.js";
import { type MockEngine, mockEngine } from "../../../src/testing/index.js";
import { useMockEngine } from "../../helpers/use-mock-engine.js";

let engine: MockEngine;
let docker: Docker;

useMockEngine((made) => {
  ({ engine, docker } = made);
});

const out = (text: string) => ({ stream: "stdout", data: Buffer.from(text) }) as const;
const err = (text: string) => ({ stream: "stderr", data: Buffer.from(text) }) as const;

describe("answers", () => {
  test("an export with its bytes, for the platform asked for", async () => {
    const tar = Buffer.alloc(1024);
    const platform = { os: "linux", architecture: "arm64" };
    engine.on("imageGet", { name: "alpine:3.20", platform }).reply(200, tar);
    const result = await imageGet(docker, "alpine:3.20", "linux/arm64");
    expect(result).toMatchObject({ ok: true, kind: "archive", status: 200 });
    expect(result.ok && (await result.data.bytes())).toEqual(tar);
    engine.done();
  });

  test("a platform may be expected as text", async () => {
    engine
      .on("imageGet", { name: "alpine", platform: "linux/arm/v7" })
      .reply(404, { message: "none of these" });
    expect(
      await docker.imageGet("alpine", { os: "linux", architecture: "arm", variant: "v7" }).result(),
    ).toMatchObject({
      kind: "errorResponse",
      status: 404,
      data: { message: "none of these" },
    });
    engine.done();
  });

  test("a failure with its status and message", async () => {
    engine.on("containerInspect", { id: "web" }).reply(404, { message: "No such container: web" });
    const result = await docker.containerInspect("web").result();
    expect(!result.ok && isEngineError(result.error, 404) && result.error.message).toContain(
      "No such container: web",
    );
    engine.done();
  });

  test("JSON, text, and nothing", async () => {
    engine
      .on("containerList", { all: true, filters: { status: ["running"] } })
      .reply(200, [])
      .on("systemPing")
      .reply(200, "OK")
      .on("containerStart")
      .reply(304);
    expect(await docker.containerList({ filters: { status: ["running"] }, all: true })).toEqual([]);
    expect(await docker.systemPing()).toBe("OK");
    expect(await docker.containerStart("web").result()).toMatchObject({ ok: true, status: 304 });
    engine.done();
  });

  test("records of progress, whose last may be a failure", async () => {
    engine
      .on("imageCreate", { fromImage: "alpine", tag: "3" })
      .reply(200, [{ status: "Pulling" }, { errorDetail: { message: "no space left" } }]);
    const pull = await docker.imageCreate({ fromImage: "alpine", tag: "3" });
    await expect(pull.done()).rejects.toThrow(StreamError);
    engine.done();
  });

  test("logs in frames", async () => {
    engine.on("containerLogs", { id: "web", stdout: true }).reply(200, [out("one\n"), err("two\n")]);
    const logs = await docker.containerLogs("web", { stdout: true, stderr: true });
    expect(await logs.text()).toEqual({ stdout: "one\n", stderr: "two\n" });
    engine.done();
  });

  test("an exec over an upgraded connection, its body seen", async () => {
    engine.on("execStart", { id: "e1", body: { Detach: false } }).reply(101, [out("hello"), err("bye")]);
    const exec = await docker.execStart("e1", { body: { Detach: false } });
    exec.stdin.end("input");
    expect(await exec.text()).toEqual({ stdout: "hello", stderr: "bye" });
    engine.done();
  });

  test("an attach that is refused", async () => {
    engine.on("containerAttach", { id: "web" }).reply(409, { message: "container web is paused" });
    const result = await docker.containerAttach("web", { stream: true, stdout: true }).result();
    expect(!result.ok && isEngineError(result.error, 409)).toBe(true);
    engine.done();
  });

  test("an attach over a WebSocket", async () => {
    engine.on("containerAttachWebsocket", { id: "web" }).reply(101, [out("hello "), out("there")]);
    const attached = await docker.containerAttachWebsocket("web", { stdout: true });
    expect((await attached.text()).stdout).toBe("hello there");
    engine.done();
  });

  test("what a path of a container is", async () => {
    const stat = { name: "etc", size: 4096, mode: 0x800001ed, mtime: "2026-01-01T00:00:00Z", linkTarget: "" };
    engine.on("containerArchiveInfo", { id: "web", path: "/etc" }).reply(200, stat);
    expect(await docker.containerArchiveInfo("web", { path: "/etc" })).toEqual(stat);
    engine.done();
  });

  test("with a broken connection", async () => {
    engine.on("systemInfo").fail();
    const result = await docker.systemInfo().result();
    expect(!result.ok && result.error).toBeInstanceOf(ConnectionError);
    engine.done();
  });

  test("with delay, headers and the given number of times", async () => {
    engine.on("systemPing").reply(200, "OK", { delay: 50, headers: { "X-Extra": "yes" }, times: 2 });
    const before = Date.now();
    expect((await docker.systemPing().result()).headers?.get("x-extra")).toBe("yes");
    expect(Date.now() - before).toBeGreaterThanOrEqual(45);
    await docker.systemPing();
    engine.done();
  });
});

describe("differences are reported", () => {
  const refusal = async (call: Promise<{ ok: boolean; error?: Error }>): Promise<string> => {
    const { ok, error } = await call;
    expect(ok).toBe(false);
    return error?.message ?? "";
  };

  test("of the path", async () => {
    engine.on("containerInspect", { id: "db" }).reply(404, { message: "" });
    expect(await refusal(docker.containerInspect("web").result())).toContain(
      "the path is /containers/web/json, not /containers/db/json",
    );
    expect(() => engine.done()).toThrow(/not called \(0 of 1\): containerInspect.*\n.*not expected: GET/s);
  });

  test("of the options", async () => {
    engine.on("containerStop", { id: "web", t: 10 }).reply(204);
    expect(await refusal(docker.containerStop("web", { t: 5 }).result())).toContain("t is 5, not 10");
    expect(await refusal(docker.containerStop("web").result())).toContain("t is not given, not 10");
  });

  test("of the body, which secrets of headers are not", async () => {
    engine.on("imageCreate", { "X-Registry-Auth": { password: "s3cret" } }).reply(200, []);
    engine.on("volumeCreate", { body: { Name: "data" } }).reply(201, { Name: "data" } as never);
    expect(await refusal(docker.volumeCreate({ Name: "other" }).result())).toContain(
      'body.Name is "other", not "data"',
    );
    const login = { password: "wrong" };
    const message = await refusal(docker.imageCreate({ fromImage: "a", "X-Registry-Auth": login }).result());
    expect(message).toContain("the header X-Registry-Auth is another");
    expect(message).not.toMatch(/s3cret|wrong/);
  });

  test("of a call that nothing was set for", async () => {
    expect(await refusal(docker.systemInfo().result())).toContain(
      "mockEngine did not expect GET /info (systemInfo): no mock is left for it",
    );
  });
});

test("calls are recorded with operation, query and body", async () => {
  engine.on("containerCreate", { name: "job" }).reply(201, { Id: "1", Warnings: [] });
  await docker.containerCreate({ Image: "alpine" }, { name: "job" });
  expect(engine.calls).toMatchObject([
    { operation: "containerCreate", method: "POST", path: "/containers/create", body: { Image: "alpine" } },
  ]);
  expect(engine.calls[0]?.query.get("name")).toBe("job");
});

test("the order of mocks holds, and one that may be used any number of times need not be", async () => {
  engine.on("containerInspect").reply(404, { message: "first" });
  engine.on("containerInspect").reply(500, { message: "then" }, { times: Number.POSITIVE_INFINITY });
  engine.on("systemInfo").reply(500, { message: "" }, { times: Number.POSITIVE_INFINITY });
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await docker.containerInspect("web").result()).status);
  expect(statuses).toEqual([404, 500, 500]);
  engine.done();
});

test("two engines do not know of each other", async () => {
  const other = mockEngine();
  other.on("systemPing").reply(200, "other");
  await using client = new Docker(other.options);
  expect(await client.systemPing()).toBe("other");
  expect((await docker.systemPing().result()).ok).toBe(false);
  other.done();
});

test("an operation, parameter or value that cannot be is refused", () => {
  expect(() => engine.on("containerListe" as never)).toThrow(ArgumentError);
  expect(() => engine.on("ContainerList" as never)).toThrow(ArgumentError);
  expect(() => engine.on("containerList", { al: true } as never)).toThrow(/the option al is unknown/);
  expect(() => engine.on("containerInspect", { id: ".." })).toThrow(ArgumentError);
});

test.each([
  ["inspectContainer", "containerInspect"],
  ["listContainers", "containerList"],
  ["ContainerList", "containerList"],
])("%s is refused with the name to write: %s", (name, meant) => {
  expect(() => mockEngine().on(name as never)).toThrow(`there is no operation "${name}"; write "${meant}"`);
});
