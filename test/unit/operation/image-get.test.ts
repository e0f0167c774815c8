import { readFile } from "node:fs/promises";
import { join } from "node:path";
import nock from "nock";
import {
  AbortedError,
  ArgumentError,
  ConnectionError,
  Docker,
  EngineError,
  imageGet,
  type Platform,
  TimeoutError,
} from "../../../src/index.js";
import { OciImage } from "../../../src/testing/fake/oci-image.js";
import { bytesOf } from "../../helpers/streams.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";
import { useNock } from "../../helpers/use-nock.js";

const docker = new Docker({ host: "unix:///var/run/docker.sock" });
const PATH = "/v1.48/images/alpine:3.20/get";
let tar: Buffer;
let folder: string;

useNock();
useTemporaryFolder((path) => {
  folder = path;
});

beforeAll(async () => {
  const image = await OciImage.build({
    name: "alpine:3.20",
    platforms: [{ os: "linux", architecture: "arm64" }],
    layerBytes: 200_000,
  });
  tar = await bytesOf(await image.export());
});

afterAll(() => docker.close());

describe("the archive arm", () => {
  test("holds the tar, its status and headers", async () => {
    nock("http://localhost").get(PATH).reply(200, tar, { "Content-Type": "application/x-tar" });
    const result = await docker.imageGet("alpine:3.20").result();
    expect(result).toMatchObject({ ok: true, kind: "archive", status: 200 });
    expect(result.headers?.get("content-type")).toBe("application/x-tar");
    expect(result.ok && (await result.data.bytes()).equals(tar)).toBe(true);
  });

  test("gives the tar, which is written to a file completely", async () => {
    nock("http://localhost").get(PATH).reply(200, tar);
    const file = join(folder, "whole.tar");
    const seen: number[] = [];
    const stream = await docker.imageGet("alpine:3.20");
    expect(await stream.toFile(file, { onProgress: (bytes) => seen.push(bytes) })).toBe(tar.length);
    expect((await readFile(file)).equals(tar)).toBe(true);
    expect(seen.at(-1)).toBe(tar.length);
  });

  test("is the same through the function", async () => {
    nock("http://localhost").get(PATH).reply(200, tar);
    const result = await imageGet(docker, "alpine:3.20");
    expect(result.kind).toBe("archive");
    if (result.ok) result.data.cancel();
  });

  test("is reached over TCP too, with a base path", async () => {
    nock("http://engine.test:4243").get(`/proxy${PATH}`).reply(200, tar);
    const remote = new Docker({ host: "tcp://engine.test:4243/proxy/" });
    expect((await (await remote.imageGet("alpine:3.20")).bytes()).length).toBe(tar.length);
  });
});

describe("the platform on the wire", () => {
  test.each<{ given: Platform | string; want: string }>([
    { given: "linux/amd64", want: '{"os":"linux","architecture":"amd64"}' },
    { given: "linux/arm/v5", want: '{"os":"linux","architecture":"arm","variant":"v5"}' },
    {
      given: { os: "linux", architecture: "arm", variant: "v5" },
      want: '{"os":"linux","architecture":"arm","variant":"v5"}',
    },
    {
      given: { os: "windows", architecture: "amd64", "os.version": "10.0.1", "os.features": ["win32k"] },
      want: '{"os":"windows","architecture":"amd64","os.version":"10.0.1","os.features":["win32k"]}',
    },
  ])("is JSON: $given", async ({ given, want }) => {
    let path = "";
    nock("http://localhost")
      .get(PATH)
      .query(true)
      .reply(function () {
        path = this.req.path;
        return [200, tar];
      });
    const result = await docker.imageGet("alpine:3.20", given).result();
    if (result.ok) result.data.cancel();
    expect(new URL(path, "http://localhost").searchParams.getAll("platform")).toEqual([want]);
  });

  test.each([
    { given: "" },
    { given: "linux" },
    { given: "linux/" },
    { given: "/arm64" },
    { given: "linux/arm/v5/more" },
    { given: "linux/arm/" },
    { given: { os: "linux" } },
    { given: { architecture: "arm64" } },
    { given: { os: "linux", architecture: "" } },
    { given: { os: "linux", architecture: "arm", varient: "v5" } },
    { given: ["linux", "arm64"] },
    { given: 7 },
    { given: null },
  ])("of an unknown form is refused before anything is sent: $given", async ({ given }) => {
    const call = docker.imageGet("alpine:3.20", given as never);
    await expect(call).rejects.toThrow(ArgumentError);
    await expect(call).rejects.toThrow("ImageGet: the platform");
  });

  test("of an empty list is refused before anything is sent", async () => {
    const call = docker.imageGet("alpine:3.20", [] as never);
    await expect(call).rejects.toThrow(ArgumentError);
    await expect(call).rejects.toThrow("is an empty list: name a platform, or omit the option");
  });
});

describe("the errorResponse arm", () => {
  test.each([
    { status: 400, message: "invalid platform" },
    { status: 404, message: "No such image: alpine:3.20" },
    { status: 500, message: "unpigz: abort" },
  ])("holds the Engine's message of a declared $status", async ({ status, message }) => {
    nock("http://localhost").get(PATH).reply(status, { message });
    const result = await docker.imageGet("alpine:3.20").result();
    expect(result).toMatchObject({ ok: false, kind: "errorResponse", status, data: { message } });
    expect(!result.ok && result.error).toBeInstanceOf(EngineError);
    expect(!result.ok && result.error).toMatchObject({
      code: "ERR_DOCKER_ENGINE",
      operation: "ImageGet",
      method: "GET",
      url: PATH,
      body: { message },
      message: `ImageGet failed with status ${status}: ${message}`,
    });
  });

  test("throws its error when unwrapped", async () => {
    nock("http://localhost").get(PATH).reply(404, { message: "No such image: alpine:3.20" });
    await expect(docker.imageGet("alpine:3.20")).rejects.toThrow("No such image: alpine:3.20");
  });
});

describe("the failure arm", () => {
  test("holds an undeclared status, with the beginning of the HTML in it", async () => {
    nock("http://localhost").get(PATH).reply(502, "<html><h1>Bad Gateway</h1></html>", { "X-Proxy": "yes" });
    const result = await docker.imageGet("alpine:3.20").result();
    expect(result).toMatchObject({ ok: false, kind: "failure", status: 502 });
    expect(result.headers?.get("x-proxy")).toBe("yes");
    expect(!result.ok && result.error).toBeInstanceOf(EngineError);
    expect(!result.ok && result.error.message).toContain("<html><h1>Bad Gateway</h1>");
  });

  test("holds a declared status whose body is not an ErrorResponse", async () => {
    nock("http://localhost").get(PATH).reply(500, "<html>oops</html>");
    expect(await docker.imageGet("alpine:3.20").result()).toMatchObject({
      ok: false,
      kind: "failure",
      status: 500,
    });
  });

  test.each([
    { code: "ENOENT", advice: "there is no such socket" },
    { code: "ECONNREFUSED", advice: "nothing listens on it" },
    { code: "EACCES", advice: "docker group" },
    { code: "ECONNRESET", advice: "closed the connection before it answered" },
    { code: "EWHATEVER", advice: "the connection failed" },
  ])("holds a ConnectionError that says what to try, for $code", async ({ code, advice }) => {
    nock("http://localhost")
      .get(PATH)
      .replyWithError(Object.assign(new Error(`connect ${code}`), { code }));
    const result = await docker.imageGet("alpine:3.20").result();
    expect(result).toMatchObject({ ok: false, kind: "failure" });
    expect(result.status).toBeUndefined();
    expect(!result.ok && result.error).toBeInstanceOf(ConnectionError);
    expect(!result.ok && result.error.message).toContain("unix:///var/run/docker.sock");
    expect(!result.ok && result.error.message).toContain(advice);
    expect(!result.ok && result.error.cause).toMatchObject({ code });
  });

  test("holds the AbortedError of a signal that had fired before", async () => {
    const result = await docker
      .imageGet("alpine:3.20", undefined, {
        signal: AbortSignal.abort(new Error("enough")),
      })
      .result();
    expect(result).toMatchObject({ ok: false, kind: "failure" });
    expect(!result.ok && result.error).toBeInstanceOf(AbortedError);
    expect(!result.ok && result.error.cause).toEqual(new Error("enough"));
  });

  test("holds the AbortedError of a signal that fires while waiting for the answer", async () => {
    nock("http://localhost").get(PATH).delay(60_000).reply(200, tar);
    const abort = new AbortController();
    const call = docker.imageGet("alpine:3.20", undefined, { signal: abort.signal });
    setTimeout(() => abort.abort(), 20);
    const result = await call.result();
    expect(!result.ok && result.error).toBeInstanceOf(AbortedError);
  });

  test("holds a TimeoutError when the answer does not begin in time", async () => {
    nock("http://localhost").get(PATH).delay(60_000).reply(200, tar);
    const result = await docker.imageGet("alpine:3.20", undefined, { timeout: 20 }).result();
    expect(!result.ok && result.error).toBeInstanceOf(TimeoutError);
    expect(!result.ok && result.error.message).toContain("20 ms");
  });
});

describe("the name", () => {
  test.each([
    { given: "alpine", want: "alpine" },
    { given: "alpine:3.20", want: "alpine:3.20" },
    { given: "ghcr.io:443/org/app@sha256:abc", want: "ghcr.io:443/org/app@sha256:abc" },
    { given: "a b?c#d%e", want: "a%20b%3Fc%23d%25e" },
    { given: "ü", want: "%C3%BC" },
  ])("$given is sent as $want", async ({ given, want }) => {
    nock("http://localhost").get(`/v1.48/images/${want}/get`).reply(200, tar);
    const result = await docker.imageGet(given).result();
    expect(result.kind).toBe("archive");
    if (result.ok) result.data.cancel();
  });

  test.each(["", ".", "..", "a/../b", "a//b", "/a", "a/", "a\nb", "a\u0000", "a\u007f", "\ud800"])(
    "%j is refused before anything is sent",
    async (given) => {
      await expect(docker.imageGet(given)).rejects.toThrow(ArgumentError);
    },
  );

  test.each([undefined, null, 7, {}])("%p is refused, which JavaScript may pass", async (given) => {
    await expect(docker.imageGet(given as never)).rejects.toThrow("name must be a string");
  });
});
