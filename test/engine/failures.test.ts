import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArgumentError, Docker, EngineError, isEngineError } from "../../src/index.js";
import { describeStores, everyStore, failureOf, rejection, uniqueName, useEngine } from "./engine.js";
import { rawRequest } from "./raw.js";
import { watchEngine } from "./watched-engine.js";

describeStores(everyStore, "failures of imageGet", (engine) => {
  const { docker } = useEngine(engine);

  test("a missing image is the errorResponse arm", async () => {
    const name = `${uniqueName("missing")}:1`;
    const failed = failureOf(await docker.imageGet(name).result());
    if (failed.kind !== "errorResponse") throw failed.error;
    expect(failed.status).toBe(404);
    expect(failed.data.message).toMatch(/./);
    expect(failed.error).toBeInstanceOf(EngineError);
    expect(failed.error.message).toContain(failed.data.message);
    expect(failed.error).toMatchObject({
      operation: "ImageGet",
      method: "GET",
      url: `/v1.48/images/${name}/get`,
      status: 404,
    });
    expect(failed.headers.get("Api-Version")).toMatch(/^1\.\d+$/);
    expect(isEngineError(await rejection(docker.imageGet(name)), 404)).toBe(true);
  });

  test("a missing image with a platform is so too", async () => {
    const failed = failureOf(await docker.imageGet(`${uniqueName("missing")}:1`, "linux/arm64").result());
    expect(failed).toMatchObject({ kind: "errorResponse", status: 404 });
  });

  test("an invalid image name: 400, or 500 with the overlay2 store", async () => {
    const failed = failureOf(await docker.imageGet("Upper:Case:Name").result());
    const status = { containerd: 400, overlay2: 500 }[engine.store];
    expect(failed).toMatchObject({ kind: "errorResponse", status });
    expect(failed.error.message).toContain("invalid reference format");
  });

  test.each([
    ["no JSON", "linux/amd64"],
    ["a JSON string", '"linux/amd64"'],
    ["no architecture", '{"os":"linux"}'],
    ["a list", '[{"os":"linux","architecture":"amd64"}]'],
  ])("the Engine refuses a platform that is %s with 400 and JSON", async (_, platform) => {
    const path = `/v1.48/images/busybox:local/get?platform=${encodeURIComponent(platform)}`;
    const { status, type, body } = await rawRequest(engine.host, "GET", path);
    expect(status).toBe(400);
    expect(type).toBe("application/json");
    expect(JSON.parse(body)).toEqual({ message: expect.any(String) });
  });

  test("what the Engine would refuse is not sent: ArgumentError", async () => {
    await using watched = await watchEngine(engine);
    await using client = new Docker({ host: watched.host });
    const bad = ["linux", "linux/", "/amd64", "linux/arm/v5/x", "", '{"os":"linux","architecture":"amd64"}'];
    for (const platform of bad) {
      expect(await rejection(client.imageGet("busybox:local", platform))).toBeInstanceOf(ArgumentError);
    }
    for (const platform of [
      { os: "linux" },
      { os: "linux", architecture: "" },
      { os: "linux", arch: "amd64" },
      [],
    ]) {
      const call = client.imageGet("busybox:local", platform as never);
      expect(await rejection(call)).toBeInstanceOf(ArgumentError);
    }
    for (const name of ["", "..", "a/../b", "a\nb"]) {
      expect(await rejection(client.imageGet(name))).toBeInstanceOf(ArgumentError);
    }
    expect(watched.received()).toBe(0);
    await client.systemPing();
    expect(watched.received()).toBeGreaterThan(0);
  });
});

describe("no Engine there", () => {
  test("a socket that does not exist is the failure arm, with a ConnectionError", async () => {
    await using docker = new Docker({ host: `unix://${join(tmpdir(), uniqueName("none"))}.sock` });
    const failed = failureOf(await docker.imageGet("busybox:local").result());
    expect(failed).toMatchObject({ kind: "failure", error: { name: "ConnectionError" } });
    expect(failed.status).toBeUndefined();
    expect(failed.error.message).toContain("there is no such socket");
  });

  test("a listener that hangs up is the failure arm, with a ConnectionError", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sdk-engine-test-"));
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(join(folder, "socket"), resolve));
    try {
      await using docker = new Docker({ host: `unix://${join(folder, "socket")}` });
      const failed = failureOf(await docker.imageGet("busybox:local").result());
      expect(failed).toMatchObject({ kind: "failure", error: { name: "ConnectionError" } });
    } finally {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    }
  });
});
