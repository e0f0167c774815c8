import { createServer, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { type Docker, EngineError, UnsupportedError } from "../../../src/index.js";
import { isOlder } from "../../../src/operation/api-version.js";
import { withClientOf, withServer } from "../../helpers/servers.js";
import { latch } from "../../helpers/waiting.js";

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
  await withClientOf(server, (docker) => use(docker, seen), { env: {}, ...options });
}

/** An Engine that answers a ping only when told to, and then without its version. */
function withSlowPing(use: (docker: Docker, answer: () => void) => Promise<void>): Promise<void> {
  const { fired, fire } = latch();
  return withServer(
    (request, response) => {
      request.resume();
      if (request.url === "/_ping") void fired.then(() => response.end());
      else response.end("[]");
    },
    (docker) => use(docker, fire),
  );
}

test("an Engine that speaks our version is not asked beforehand", () =>
  withEngine("1.51", async (docker, seen) => {
    await docker.containerList();
    expect(seen.map(({ url }) => url)).toEqual(["/v1.48/containers/json"]);
  }));

test("uses an older Engine's version from its first answer on", () =>
  withEngine("1.41", async (docker, seen) => {
    await docker.containerList();
    await docker.imageList();
    expect(seen.map(({ url }) => url)).toEqual([
      "/v1.48/containers/json",
      "/v1.41/containers/json",
      "/v1.41/images/json",
    ]);
  }));

test("calls at the same time each end well, and are sent twice at most", () =>
  withEngine("1.41", async (docker, seen) => {
    const load = async () => (await docker.imageLoad({ body: Readable.from([Buffer.from("tar")]) })).done();
    await Promise.all([
      ...Array.from({ length: 20 }, () => docker.containerList()),
      ...Array.from({ length: 5 }, load),
    ]);
    const count = (url: string) => seen.filter((request) => request.url === url).length;
    expect(count("/v1.48/containers/json")).toBe(20);
    expect(count("/v1.41/containers/json")).toBe(20);
    expect(count("/_ping")).toBe(1);
    expect(count("/v1.41/images/load")).toBe(5);
    expect(seen).toHaveLength(46);
  }));

test("a call that is ended while it waits for the version ends alone", async () => {
  await withSlowPing(async (docker, answer) => {
    const abort = new AbortController();
    const load = (request = {}) => docker.imageLoad({ body: Readable.from([Buffer.from("tar")]) }, request);
    const [aborted, late, patient] = [load({ signal: abort.signal }), load({ timeout: 50 }), load()];
    abort.abort();
    expect(await aborted.result()).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_ABORTED" } });
    expect(await late.result()).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_TIMEOUT" } });
    answer();
    expect(await patient.result()).toMatchObject({ ok: true });
  });
});

test("uses our version with an Engine that does not state its own", () =>
  withSlowPing(async (docker, answer) => {
    answer();
    expect(await docker.imageLoad({ body: Readable.from([Buffer.from("tar")]) }).result()).toMatchObject({
      ok: true,
    });
    expect(await docker.containerList().result()).toMatchObject({ ok: true });
  }));

describe("an Engine that no longer supports our version", () => {
  const answer = (used: string, minimum: string) => (_: unknown, response: ServerResponse) => {
    response.writeHead(400, { "Api-Version": "1.56", "Content-Type": "application/json" });
    const message = `client version ${used} is too old. Minimum supported API version is ${minimum}, please upgrade your client to a newer version`;
    response.end(JSON.stringify({ message }));
  };

  test("is an EngineError that states both versions and what to do", () =>
    withServer(answer("1.48", "1.50"), async (docker) => {
      const result = await docker.systemInfo().result();
      expect(!result.ok && result.error).toBeInstanceOf(EngineError);
      expect(!result.ok && result.error.message).toBe(
        "SystemInfo failed with status 400: client version 1.48 is too old. Minimum supported API version is 1.50, " +
          "please upgrade your client to a newer version. This Engine speaks API 1.50 to 1.56, this release of " +
          "docker-engine-sdk 1.48 and older. Use a release for one of those versions. " +
          'Until then, apiVersion: "1.50" works for calls that have not changed.',
      );
    }));

  test("or only a pinned one, which need not be pinned", () =>
    withServer(
      answer("1.24", "1.44"),
      async (docker) => {
        const result = await docker.systemInfo().result();
        expect(!result.ok && result.error.message).toContain(
          "This Engine speaks API 1.44 to 1.56: omit the option apiVersion and DOCKER_API_VERSION, which pin 1.24.",
        );
      },
      { apiVersion: "1.24" },
    ));
});

test("a body that can be read once is not spent on finding out", () =>
  withEngine("1.41", async (docker, seen) => {
    const upload = () => docker.imageLoad({ body: Readable.from([Buffer.from("tar")]) });
    await Promise.all([(await upload()).done(), (await upload()).done()]);
    expect(seen.filter(({ url }) => url.includes("load"))).toEqual([
      { method: "POST", url: "/v1.41/images/load", body: "tar" },
      { method: "POST", url: "/v1.41/images/load", body: "tar" },
    ]);
    expect(seen.filter(({ url }) => url.includes("_ping"))).toEqual([
      { method: "HEAD", url: "/_ping", body: "" },
    ]);
  }));

test("another 400 of an older Engine is not repeated", () =>
  withEngine("1.41", async (docker, seen) => {
    await docker.containerList();
    expect(await docker.containerInspect("bad").result()).toMatchObject({ ok: false, status: 400 });
    expect(seen.filter(({ url }) => url.includes("bad"))).toHaveLength(1);
  }));

test("a pinned version stays", () =>
  withEngine(
    "1.41",
    async (docker, seen) => {
      expect(await docker.containerList().result()).toMatchObject({ ok: false, status: 400 });
      expect(seen).toHaveLength(1);
    },
    { apiVersion: "1.44" },
  ));

test("DOCKER_API_VERSION pins one too", () =>
  withEngine(
    "1.51",
    async (docker, seen) => {
      await docker.containerList();
      expect(seen.map(({ url }) => url)).toEqual(["/v1.43/containers/json"]);
    },
    { env: { DOCKER_API_VERSION: "1.43" } },
  ));

test("an Engine that takes any version in a path is refused what it would ignore, also of a pinned version", async () => {
  let calls = 0;
  await withServer(
    (_, response) => {
      calls += 1;
      response.writeHead(200, { "Api-Version": "1.45" }).end("the image of another platform");
    },
    async (docker) => {
      const refused = "needs API 1.48. This Engine speaks only 1.45 and would ignore it";
      for (const _ of [1, 2]) await expect(docker.imageGet("a", "linux/arm64")).rejects.toThrow(refused);
    },
    { apiVersion: "1.48" },
  );
  expect(calls).toBe(1);
});

test("a first call that changes something is not tried with an option that the Engine would ignore", () =>
  withEngine("1.45", async (docker, seen) => {
    const options = { tag: "1", platform: { os: "linux", architecture: "arm64" }, "X-Registry-Auth": {} };
    await expect(docker.imagePush("a", options)).rejects.toThrow(UnsupportedError);
    expect(seen.map(({ method }) => method)).toEqual(["HEAD"]);
  }));

test("an option that an older Engine would ignore is an UnsupportedError, also of the first call", () =>
  withEngine("1.45", async (docker, seen) => {
    await expect(docker.imageGet("a", "linux/arm64")).rejects.toThrow(UnsupportedError);
    await expect(docker.imageGet("a", "linux/arm64")).rejects.toThrow("the option platform needs API 1.48");
    expect(await docker.imageGet("a", "linux/arm64").result()).toMatchObject({
      ok: false,
      kind: "failure",
      error: { code: "ERR_DOCKER_UNSUPPORTED" },
    });
    expect(seen).toHaveLength(1);
    expect(await docker.imageGet("a").result()).toMatchObject({ ok: true });
  }));

describe("Docker Desktop, which refuses a version without a reason", () => {
  /** Answers a ping with the Engine's version, and any other version with the body given. */
  const withDesktop = (
    refusal: string,
    use: (docker: Docker, seen: string[]) => Promise<void>,
    options = {},
  ) => {
    const seen: string[] = [];
    return withServer(
      (request, response) => {
        const { url = "", method } = request.resume();
        seen.push(`${method} ${url}`);
        if (url === "/_ping") response.setHeader("Api-Version", "1.44").end();
        else if (url.startsWith("/v1.44/")) response.setHeader("Api-Version", "1.44").end("[]");
        else response.writeHead(400, { "Content-Type": "application/json" }).end(refusal);
      },
      (docker) => use(docker, seen),
      { env: {}, ...options },
    );
  };
  const emptied = '{"ID":"","Containers":0,"Labels":["com.docker.desktop.address=npipe://"]}';

  test.each(["", emptied])("is asked for the version it speaks: %j", (refusal) =>
    withDesktop(refusal, async (docker, seen) => {
      expect(await docker.containerList()).toEqual([]);
      expect(await docker.containerList()).toEqual([]);
      expect(seen.slice(1)).toEqual([
        "HEAD /_ping",
        "GET /v1.44/containers/json",
        "GET /v1.44/containers/json",
      ]);
    }),
  );

  test.each(["", emptied])("a pinned version stays, and the error says what to do: %j", (refusal) =>
    withDesktop(
      refusal,
      async (docker, seen) => {
        await expect(docker.containerList()).rejects.toThrow(
          /does not speak API 1\.32, the version of this call.* omit it and DOCKER_API_VERSION\.$/,
        );
        expect(seen).toHaveLength(1);
      },
      { apiVersion: "1.32" },
    ),
  );
});
