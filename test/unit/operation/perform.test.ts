import { Readable } from "node:stream";
import nock from "nock";
import { ArgumentError, Docker, EngineError, isEngineError, StreamError } from "../../../src/index.js";
import { useNock } from "../../helpers/use-nock.js";

useNock();
const docker = new Docker({ host: "unix:///var/run/docker.sock", headers: { "X-Every": "call" } });
const engine = () => nock("http://localhost");

describe("the answer of", () => {
  test("a json operation is its parsed body", async () => {
    engine()
      .get("/v1.48/containers/json")
      .query({ all: "true" })
      .reply(200, [{ Id: "abc" }]);
    const result = await docker.containerList({ all: true }).result();
    expect(result).toMatchObject({ ok: true, status: 200, data: [{ Id: "abc" }] });
    expect(result.headers?.get("content-type")).toBe("application/json");
  });

  test("a json operation without a body is undefined", async () => {
    engine().post("/v1.48/auth").reply(204);
    expect(await docker.systemAuth({})).toBeUndefined();
  });

  test("an operation without data gives undefined, even if a body comes", async () => {
    engine().post("/v1.48/containers/web/kill").query({ signal: "SIGTERM" }).reply(204);
    expect(await docker.containerKill("web", { signal: "SIGTERM" })).toBeUndefined();
    engine().post("/v1.48/containers/web/pause").reply(200, "surprise");
    expect(await docker.containerPause("web")).toBeUndefined();
  });

  test("start and stop in the requested state succeed with status 304", async () => {
    engine().post("/v1.48/containers/web/start").reply(304);
    expect(await docker.containerStart("web").result()).toMatchObject({ ok: true, status: 304 });
  });

  test("a text operation is its text", async () => {
    engine().get("/v1.48/_ping").reply(200, "OK");
    expect(await docker.systemPing()).toBe("OK");
  });

  test("a HEAD operation is in its headers", async () => {
    engine().head("/v1.48/_ping").reply(200, undefined, { "Api-Version": "1.51" });
    const result = await docker.systemPingHead().result();
    expect(result.ok && result.headers.get("api-version")).toBe("1.51");
  });

  test("a json operation that is not JSON is a StreamError with the status", async () => {
    engine().get("/v1.48/info").reply(200, "<html>");
    const result = await docker.systemInfo().result();
    expect(result).toMatchObject({ ok: false, status: 200 });
    expect(!result.ok && result.error).toBeInstanceOf(StreamError);
  });
});

describe("a failure", () => {
  test("is an EngineError with operation, method, url, status and body", async () => {
    engine().delete("/v1.48/containers/web").query(true).reply(409, { message: "is running" });
    const result = await docker.containerDelete("web", { v: true }).result();
    expect(!result.ok && isEngineError(result.error, 409)).toBe(true);
    expect(!result.ok && isEngineError(result.error, 404)).toBe(false);
    expect(!result.ok && result.error).toMatchObject({
      operation: "ContainerDelete",
      method: "DELETE",
      url: "/v1.48/containers/web?v=true",
      body: { message: "is running" },
    });
  });

  test("without a body says so", async () => {
    engine().get("/v1.48/info").reply(503);
    const result = await docker.systemInfo().result();
    expect(!result.ok && result.error.message).toBe("SystemInfo failed with status 503: (no message)");
  });

  test("does not show a login in a remote", async () => {
    engine().post("/v1.48/build").query(true).reply(400, { message: "no" });
    const result = await docker.imageBuild({ remote: "https://me:hunter2@git.test/a" }).result();
    expect(!result.ok && result.error).toBeInstanceOf(EngineError);
    expect(!result.ok && JSON.stringify(result.error) + String(result.error.stack)).not.toContain("hunter2");
  });

  test("of more than 1 MiB is read no further", async () => {
    engine()
      .get("/v1.48/info")
      .reply(500, "x".repeat(3 << 20));
    const result = await docker.systemInfo().result();
    expect(!result.ok && String((result.error as EngineError).body).length).toBeLessThan(2 << 20);
  });
});

describe("a request", () => {
  test("carries the client's headers, the call's, and none that the call sets to null", async () => {
    engine()
      .get("/v1.48/info")
      .matchHeader("x-every", "call")
      .matchHeader("x-one", "1")
      .reply(function () {
        return [200, { agent: this.req.headers["user-agent"] ?? null }];
      });
    const headers = { "X-One": "1", "User-Agent": null };
    expect(await docker.systemInfo({ headers })).toEqual({ agent: null });
  });

  test("with a JSON body has its type and length", async () => {
    engine()
      .post("/v1.48/volumes/create", { Name: "data" })
      .matchHeader("content-type", "application/json")
      .matchHeader("content-length", "15")
      .reply(201, { Name: "data" });
    expect(await docker.volumeCreate({ Name: "data" })).toMatchObject({ Name: "data" });
  });

  test("without a body has no type, and a length of 0", async () => {
    engine()
      .post("/v1.48/containers/web/start")
      .reply(function () {
        const { "content-type": type, "content-length": length } = this.req.headers;
        return [type === undefined && length === "0" ? 204 : 500, { type, length }];
      });
    expect(await docker.containerStart("web").result()).toMatchObject({ ok: true, status: 204 });
  });

  test.each([
    { form: "bytes", body: () => Buffer.from("tar bytes") },
    { form: "a Node stream", body: () => Readable.from([Buffer.from("tar "), Buffer.from("bytes")]) },
    { form: "a web stream", body: () => new Blob(["tar bytes"]).stream() as never },
  ])("takes a tar body as $form", async ({ body }) => {
    engine()
      .put("/v1.48/containers/web/archive", "tar bytes")
      .query({ path: "/tmp" })
      .matchHeader("content-type", "application/x-tar")
      .reply(200);
    expect(await docker.putContainerArchive("web", body(), { path: "/tmp" }).result()).toMatchObject({
      ok: true,
    });
  });

  test("whose body fails while it is read is an ArgumentError with its cause", async () => {
    engine().put("/v1.48/containers/web/archive").query(true).reply(200);
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from("begin");
        throw new Error("disk on fire");
      })(),
    );
    const error = await docker
      .putContainerArchive("web", broken, { path: "/" })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toContain("disk on fire");
    nock.cleanAll();
  });

  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  test.each([
    { why: "an empty name", call: () => docker.containerInspect("") },
    { why: "a JSON body with a cycle", call: () => docker.volumeCreate(cycle as never) },
    {
      why: "text as a tar body",
      call: () => docker.putContainerArchive("web", "text" as never, { path: "/" }),
    },
    {
      why: "an object as a tar body",
      call: () => docker.putContainerArchive("web", {} as never, { path: "/" }),
    },
    { why: "a required body left out", call: () => docker.volumeCreate(undefined as never) },
    { why: "a header value with a newline", call: () => docker.systemInfo({ headers: { "X-A": "b\nc" } }) },
    { why: "an invalid header name", call: () => docker.systemInfo({ headers: { "X A": "b" } }) },
    { why: "a timeout of 0", call: () => docker.systemInfo({ timeout: 0 }) },
    { why: "a timeout that is not a number", call: () => docker.systemInfo({ timeout: Number.NaN }) },
    { why: "an unknown option", call: () => docker.containerList({ al: true } as never) },
  ])("with $why is refused before anything is sent", async ({ call }) => {
    await expect(call()).rejects.toThrow(ArgumentError);
  });
});

describe("a call", () => {
  test("throws when awaited what its result holds", async () => {
    engine().get("/v1.48/containers/web/json").reply(404, { message: "No such container: web" });
    const call = docker.containerInspect("web");
    await expect(call).rejects.toThrow("No such container: web");
    expect(await call.result()).toMatchObject({ ok: false, status: 404 });
  });

  test("chains into plain promises", async () => {
    engine().get("/v1.48/_ping").reply(200, "OK");
    const chained = docker.systemPing().then((answer) => answer.length);
    expect(chained).toBeInstanceOf(Promise);
    expect(await chained).toBe(2);
  });

  test("fails once the client is closed", async () => {
    const closing = new Docker({ host: "unix:///var/run/docker.sock" });
    await closing.close();
    expect(await closing.systemPing().result()).toMatchObject({
      ok: false,
      error: { code: "ERR_DOCKER_ABORTED" },
    });
  });
});
