import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { isOlder } from "../../src/http/version.js";
import { ArgumentError, Docker } from "../../src/index.js";

test.each([
  { a: "1.9", b: "1.48", want: true },
  { a: "1.48", b: "1.48", want: false },
  { a: "1.51", b: "1.48", want: false },
  { a: "0.99", b: "1.0", want: true },
])("$a is older than $b: $want", ({ a, b, want }) => expect(isOlder(a, b)).toBe(want));

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** An Engine that speaks up to a version, and what it was asked. */
async function withEngine(
  newest: string,
  use: (docker: Docker, seen: Seen[]) => Promise<void>,
  options = {},
) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method = "", url = "" } = request;
    seen.push({ method, url, body });
    response.setHeader("Api-Version", newest);
    response.setHeader("Content-Type", "application/json");
    const asked = /^\/v([\d.]+)\//.exec(url)?.[1] ?? newest;
    if (isOlder(newest, asked)) {
      response.statusCode = 400;
      response.end(JSON.stringify({ message: `client version ${asked} is too new. Maximum is ${newest}` }));
    } else if (url.includes("bad")) {
      response.statusCode = 400;
      response.end('{"message":"bad"}');
    } else response.end("[]");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const docker = new Docker({ host: `tcp://127.0.0.1:${port}`, env: {}, ...options });
  try {
    await use(docker, seen);
  } finally {
    await docker.close();
    server.closeAllConnections();
    server.close();
  }
}

test("an Engine that speaks ours is asked nothing beforehand", () =>
  withEngine("1.51", async (docker, seen) => {
    await docker.containerList().unwrap();
    expect(seen.map(({ url }) => url)).toEqual(["/v1.48/containers/json"]);
  }));

test("an older Engine is spoken to with its version from its first answer on", () =>
  withEngine("1.41", async (docker, seen) => {
    await docker.containerList().unwrap();
    await docker.imageList().unwrap();
    expect(seen.map(({ url }) => url)).toEqual([
      "/v1.48/containers/json",
      "/v1.41/containers/json",
      "/v1.41/images/json",
    ]);
  }));

test("calls at the same time each end well", () =>
  withEngine("1.41", async (docker) => {
    const results = await Promise.all(Array.from({ length: 20 }, () => docker.containerList()));
    expect(results.every(({ ok }) => ok)).toBe(true);
  }));

test("a body that can be read once is not spent on finding out", () =>
  withEngine("1.41", async (docker, seen) => {
    const upload = () => docker.imageLoad({ body: Readable.from([Buffer.from("tar")]) }).unwrap();
    await Promise.all([(await upload()).done(), (await upload()).done()]);
    expect(seen.filter(({ url }) => url.includes("load"))).toEqual([
      { method: "POST", url: "/v1.41/images/load", body: "tar" },
      { method: "POST", url: "/v1.41/images/load", body: "tar" },
    ]);
    expect(seen.filter(({ url }) => url.includes("_ping")).map(({ method }) => method)).toEqual([
      "HEAD",
      "HEAD",
    ]);
  }));

test("another 400 of an older Engine is not repeated", () =>
  withEngine("1.41", async (docker, seen) => {
    await docker.containerList().unwrap();
    expect(await docker.containerInspect("bad")).toMatchObject({ ok: false, status: 400 });
    expect(seen.filter(({ url }) => url.includes("bad"))).toHaveLength(1);
  }));

test("a pinned version stays", () =>
  withEngine(
    "1.41",
    async (docker, seen) => {
      expect(await docker.containerList()).toMatchObject({ ok: false, status: 400 });
      expect(seen).toHaveLength(1);
    },
    { apiVersion: "1.44" },
  ));

test("DOCKER_API_VERSION pins one too", () =>
  withEngine(
    "1.51",
    async (docker, seen) => {
      await docker.containerList().unwrap();
      expect(seen.map(({ url }) => url)).toEqual(["/v1.43/containers/json"]);
    },
    { env: { DOCKER_API_VERSION: "1.43" } },
  ));

test("an option that an older Engine would ignore is refused, also by the first call", () =>
  withEngine("1.45", async (docker, seen) => {
    await expect(docker.imageGet("a", "linux/arm64")).rejects.toThrow(ArgumentError);
    await expect(docker.imageGet("a", "linux/arm64")).rejects.toThrow("the option platform needs API 1.48");
    expect(seen).toHaveLength(1);
    expect(await docker.imageGet("a")).toMatchObject({ ok: true });
  }));
