import { ArgumentError, ConnectionError, Docker, demux } from "../../../src/index.js";
import { mockEngine, startFakeEngine } from "../../../src/testing/index.js";

describe("a mock of docker.request", () => {
  const engine = mockEngine();
  const docker = new Docker(engine.options);

  test.each<{ body: unknown; read: string }>([
    { body: [{ Name: "pod" }], read: '[{"Name":"pod"}]' },
    { body: "text", read: "text" },
    { body: Buffer.from("bytes"), read: "bytes" },
    { body: undefined, read: "" },
    { body: () => ({ made: true }), read: '{"made":true}' },
  ])("answers with %p", async ({ body, read }) => {
    engine.onRequest({ path: "/libpod/pods/json" }).reply(200, body);
    expect(await (await docker.request({ path: "/libpod/pods/json" })).text()).toBe(read);
    engine.done();
  });

  test("heeds method, path, query and body, and a version in the path only as part of it", async () => {
    const request = {
      method: "POST",
      path: "/v5.0.0/libpod/x",
      query: { all: true, filters: { a: ["b"] } },
    } as const;
    engine.onRequest({ ...request, body: { a: 1 } }).reply(201, { ok: true });
    const ask = (change: object) =>
      docker.request({ ...request, body: { a: 1, b: 2 }, versioned: false, ...change }).result();
    const whys: [object, string][] = [
      [{ path: "/v5.0.0/libpod/y" }, "the path is /v5.0.0/libpod/y, not /v5.0.0/libpod/x"],
      [{ method: "PUT" }, "the method is PUT, not POST"],
      [{ query: { all: true } }, "filters is not given"],
      [{ body: { a: 2 } }, "body.a is 2, not 1"],
    ];
    for (const [change, why] of whys) {
      const result = await ask(change);
      expect(result).toMatchObject({ ok: false, status: 501 });
      expect(String((result as { error?: unknown }).error)).toContain(why);
    }
    expect(await ask({})).toMatchObject({ ok: true, status: 201 });
    expect(() => engine.done()).toThrow(/not expected: PUT \/v5\.0\.0\/libpod\/x/);
  });

  test("fails, refuses, upgrades, and reports what was not called", async () => {
    engine.onRequest({ path: "/a" }).reply(409, { message: "is busy" }).onRequest({ path: "/a" }).fail();
    expect(await docker.request({ path: "/a" }).result()).toMatchObject({ ok: false, status: 409 });
    const broken = await docker.request({ path: "/a" }).result();
    expect((broken as { error?: unknown }).error).toBeInstanceOf(ConnectionError);
    engine.onRequest({ method: "POST", path: "/b" }).reply(101, [{ stream: "stderr", data: "err" }]);
    const upgraded = await docker.request({ method: "POST", path: "/b", upgrade: true });
    expect(await demux(upgraded.duplex).text()).toEqual({ stdout: "", stderr: "err" });
    engine.onRequest({ path: "/c" }).reply(200);
    expect(() => engine.done()).toThrow("not called (0 of 1): request: GET /c");
    expect(() => engine.onRequest({ path: "c" })).toThrow(ArgumentError);
    expect(() => engine.onRequest({ path: "/c", status: 200 } as never)).toThrow(
      "onRequest: the option status is unknown",
    );
  });

  test("is not one of an operation, nor the other way round", async () => {
    engine
      .on("containerList")
      .reply(200, [])
      .onRequest({ path: "/containers/json" })
      .reply(200, [{ Id: "1" }]);
    expect(await (await docker.request({ path: "/containers/json" })).json()).toEqual([{ Id: "1" }]);
    expect(await docker.containerList()).toEqual([]);
    engine.done();
  });
});

test("a fake Engine answers docker.request by the path", async () => {
  const fake = await startFakeEngine();
  const docker = new Docker({ host: fake.host });
  try {
    expect((await docker.request({ path: "/containers/json" })).status).toBe(200);
    expect(await docker.request({ path: "/libpod/info" }).result()).toMatchObject({ ok: false });
  } finally {
    await docker.close();
    await fake.close();
  }
});
