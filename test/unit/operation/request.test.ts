import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { PassThrough, Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import nock from "nock";
import {
  AbortedError,
  ArgumentError,
  ConnectionError,
  Docker,
  demux,
  EngineError,
  type RawRequest,
  StreamError,
  TimeoutError,
} from "../../../src/index.js";
import { useNock } from "../../helpers/use-nock.js";
import { until } from "../../helpers/waiting.js";
import { withEngine } from "../workflows/scripted-engine.js";

const rejection = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => {
      throw new Error("it succeeded");
    },
    (error: unknown) => error,
  );

describe("docker.request sends", () => {
  useNock();
  const docker = new Docker({ host: "unix:///var/run/docker.sock", headers: { "X-Every": "call" } });
  const engine = () => nock("http://localhost");

  test("a GET in the client's API version, with its headers, and gives the answer", async () => {
    engine()
      .get("/v1.48/libpod/info")
      .matchHeader("x-every", "call")
      .matchHeader("x-mine", "too")
      .reply(200, { host: { os: "linux" } }, { "Api-Version": "1.48" });
    const answer = await docker.request({ path: "/libpod/info", headers: { "X-Mine": "too" } });
    expect([answer.status, answer.headers.get("api-version"), answer.upgraded]).toEqual([200, "1.48", false]);
    expect(await answer.json<object>()).toEqual({ host: { os: "linux" } });
  });

  test("a path as it is without a version", async () => {
    engine().get("/v5.0.0/libpod/pods/a%20b/exists").reply(204);
    const answer = await docker.request({ path: "/v5.0.0/libpod/pods/a%20b/exists", versioned: false });
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
  });

  test("query values as operations do", async () => {
    let sent = "";
    engine()
      .get((uri) => {
        sent = uri;
        return true;
      })
      .reply(200, "{}");
    const query = {
      ...{ all: true, none: undefined, nothing: null, limit: 5, big: 2n ** 60n, text: "a&b ü" },
      ...{ names: ["a", "b"], empty: [], object: { a: [1] }, objects: [{ a: 1 }, { b: 2 }] },
      ...{ filters: { label: ["app=web"] }, "odd name": "x" },
    };
    await docker.request({ path: "/x", query });
    expect(sent).toBe(
      "/v1.48/x?all=true&limit=5&big=1152921504606846976&text=a%26b%20%C3%BC&names=a&names=b" +
        "&object=%7B%22a%22%3A%5B1%5D%7D&objects=%7B%22a%22%3A1%7D&objects=%7B%22b%22%3A2%7D" +
        "&filters=%7B%22label%22%3A%5B%22app%3Dweb%22%5D%7D&odd%20name=x",
    );
  });

  test.each<{ what: string; body: unknown; headers?: Record<string, string>; type: string; sent: string }>([
    { what: "a value", body: { a: 1 }, type: "application/json", sent: '{"a":1}' },
    { what: "a list", body: [1, 2n ** 60n], type: "application/json", sent: "[1,1152921504606846976]" },
    { what: "null", body: null, type: "application/json", sent: "null" },
    { what: "bytes", body: Buffer.from("tar"), type: "application/octet-stream", sent: "tar" },
    {
      what: "a stream",
      body: Readable.from([Buffer.from("ta"), Buffer.from("r")]),
      headers: { "content-type": "application/x-tar" },
      type: "application/x-tar",
      sent: "tar",
    },
    {
      what: "text",
      body: "kind: Pod",
      headers: { "Content-Type": "application/yaml" },
      type: "application/yaml",
      sent: "kind: Pod",
    },
  ])("$what as a body, with its type", async ({ body, headers, type, sent }) => {
    let received = "";
    engine().head("/_ping").optionally().reply(200, "", { "Api-Version": "1.48" });
    engine()
      .post("/v1.48/x", (text) => {
        received = typeof text === "string" ? text : JSON.stringify(text);
        return true;
      })
      .matchHeader("content-type", type)
      .reply(200);
    await docker.request({ method: "POST", path: "/x", body, headers });
    // nock parses JSON, and rounds wide integers.
    expect(received).toBe(sent.replace("1152921504606846976", "1152921504606847000"));
    nock.cleanAll();
  });

  test.each<[status: number, body: string]>([
    [404, '{"message":"no such pod"}'],
    [500, "oops"],
  ])("what fails with %s as an EngineError, with secrets masked", async (status, body) => {
    engine().delete("/v1.48/libpod/pods/web").query(true).reply(status, body);
    const request: RawRequest = {
      method: "DELETE",
      path: "/libpod/pods/web",
      query: { force: true, password: "hunter2" },
    };
    const result = await docker.request(request).result();
    expect(result).toMatchObject({ ok: false, status });
    const { error } = result as Extract<typeof result, { ok: false }>;
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({
      ...{ status, operation: "request", method: "DELETE" },
      url: "/v1.48/libpod/pods/web?force=true&password=***",
    });
    expect(error.message).toBe(
      `request: DELETE /v1.48/libpod/pods/web failed with status ${status}: ${status === 404 ? "no such pod" : "oops"}`,
    );
    expect(error.stack).toMatch(/request\.test\.ts/);
  });

  test("to a server without the path, and says what an operation says", async () => {
    engine().get("/v1.48/libpod/info").reply(404, { message: "page not found" });
    const error = await rejection(docker.request({ path: "/libpod/info" }));
    expect(String(error)).toMatch(/page not found\. The server does not have this operation/);
  });

  test("redirections to nowhere else: they are answers", async () => {
    engine().get("/v1.48/x").reply(301, "", { Location: "/y" });
    expect((await docker.request({ path: "/x" })).status).toBe(301);
  });

  test("through hooks, which may change headers and see no secret", async () => {
    const hooked = new Docker({ host: "unix:///var/run/docker.sock" });
    const seen: unknown[] = [];
    hooked.use({
      onRequest: (request) => {
        seen.push([request.operation, request.method, request.path]);
        request.setHeader("X-Hook", "yes");
      },
      onResponse: ({ status }) => void seen.push(status),
    });
    engine().get("/v1.48/x").query(true).matchHeader("x-hook", "yes").reply(200);
    await hooked.request({ path: "/x", query: { token: "s3cret" } });
    expect(seen).toEqual([["request", "GET", "/v1.48/x?token=***"], 200]);
  });

  test("again in the version of an older Engine, but not what has no version", async () => {
    const older = new Docker({ host: "unix:///var/run/docker.sock" });
    const refusal = { message: "client version 1.48 is too new. Maximum supported API version is 1.45" };
    engine().get("/v1.48/x").reply(400, refusal, { "Api-Version": "1.45" });
    engine().get("/v1.45/x").reply(200, "ok");
    expect(await (await older.request({ path: "/x" })).text()).toBe("ok");
    const other = new Docker({ host: "unix:///var/run/docker.sock" });
    engine().get("/y").reply(400, refusal, { "Api-Version": "1.45" });
    expect(await other.request({ path: "/y", versioned: false }).result()).toMatchObject({ status: 400 });
  });
});

describe("docker.request refuses, before anything is sent,", () => {
  const connect = jest.fn(() => Promise.reject(new Error("nothing may be sent")));
  const docker = new Docker({ connect });

  test.each<{ request: unknown; says: string }>([
    { request: undefined, says: 'the path must be a string such as "/info", not undefined' },
    { request: "/info", says: "the options must be an object, not a string" },
    { request: { path: 5 }, says: 'the path must be a string such as "/info", not a number' },
    { request: { path: "info" }, says: 'the path "info" must begin with a slash' },
    { request: { path: "" }, says: 'the path "" must begin with a slash' },
    {
      request: { path: "/info?all=s3cret" },
      says: 'the path "/info?…" has a query; write it as query: { name: value }',
    },
    {
      request: { path: "http://me:s3cret@host/info" },
      says: `the path "http://***@host/info" is an address; write its path alone, and the Engine's address as the client's option host`,
    },
    { request: { path: "//host/info" }, says: 'the path "//host/info" has an empty segment' },
    { request: { path: "/a//b" }, says: 'the path "/a//b" has an empty segment; remove the double slash' },
    { request: { path: "/a/../b" }, says: 'the path "/a/../b" has a segment of dots, which is not a name' },
    { request: { path: "/a/%2E./b" }, says: 'the path "/a/%2E./b" has a segment of dots' },
    {
      request: { path: "/a\r\nHost: x" },
      says: 'the path "/a\\r\\nHost: x" contains "\\r"; escape what you put into it',
    },
    {
      request: { path: "/ü" },
      says: 'the path "/ü" contains "ü"; escape what you put into it with encodeURIComponent',
    },
    { request: { path: "/a%zz" }, says: 'the path "/a%zz" contains "%"; escape' },
    { request: { path: "/a#b" }, says: 'the path "/a#b" contains "#"; escape' },
    { request: { path: "/{id}" }, says: 'the path "/{id}" contains "{"; escape' },
    {
      request: { path: "/v1.41/info" },
      says: 'the path "/v1.41/info" has a version; leave it out, or write versioned: false',
    },
    {
      request: { path: "/x", method: "get" },
      says: 'the option method must be GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS, not "get"',
    },
    {
      request: { path: "/x", versioned: "1.40" },
      says: 'the option versioned must be true or false, not "1.40"',
    },
    {
      request: { path: "/x", url: "/x" },
      says: 'the option url is unknown; write path: "/containers/json" instead',
    },
    {
      request: { path: "/x", query: "a=b" },
      says: "the query must be an object such as { all: true }, not a string",
    },
    {
      request: { path: "/x", query: new Map() },
      says: "the query must be an object such as { all: true }, not a Map",
    },
    {
      request: { path: "/x", query: { a: new Date(0) } },
      says: "the query's a must be a string, finite number or boolean, not 1970-01-01T00:00:00.000Z",
    },
    {
      request: { path: "/x", query: { a: Number.NaN } },
      says: "the query's a must be a string, finite number or boolean, not NaN",
    },
    {
      request: { path: "/x", query: { filters: "x" } },
      says: "the query's filters must be an object of lists",
    },
    { request: { path: "/x", query: { "": 1 } }, says: 'the query has the name ""; give it one' },
    {
      request: { path: "/x", body: "{}" },
      says: "the body is text, which may be meant as it is or as JSON: name its Content-Type",
    },
    {
      request: { path: "/x", body: { a: () => 1 } },
      says: "the body cannot be written as JSON: it has a function at a",
    },
    { request: { path: "/x", body: new Map() }, says: "the body cannot be written as JSON: it is a Map" },
    {
      request: { path: "/x", headers: { "X-A": "a\r\nb: s3cret" } },
      says: "the header X-A has a value that HTTP does not allow in",
    },
    {
      request: { path: "/x", headers: { Upgrade: "tcp" } },
      says: "the header Upgrade is Upgrade, which the client sets by itself",
    },
    {
      request: { path: "/x", upgrade: "a b" },
      says: 'the option upgrade must be true, false, or a protocol such as "h2c", not "a b"',
    },
    {
      request: { path: "/x", timeout: 0 },
      says: "the option timeout must be a positive number of milliseconds",
    },
  ])("$request", async ({ request, says }) => {
    const error = await rejection(docker.request(request as RawRequest));
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toContain(`request: ${says.replace(" allow in", " allow")}`);
    expect((error as Error).message).not.toContain("s3cret");
    expect(connect).not.toHaveBeenCalled();
  });

  test("and closes a stream that it does not send", async () => {
    const body = new PassThrough();
    await rejection(docker.request({ method: "POST", path: "no", body }));
    expect(body.destroyed).toBe(true);
  });
});

test.each(["GET", "HEAD", "DELETE", "OPTIONS", "POST"] as const)(
  "docker.request frames the body of a %s, so that the Engine reads no second request in it",
  async (method) => {
    const hidden = "POST /containers/web/kill HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    const given = {
      "/bytes": () => Buffer.from(hidden),
      "/stream": () => Readable.from([Buffer.from(hidden)]),
    };
    const script = Object.fromEntries(
      [...Object.keys(given).map((path) => `${method} ${path}`), "HEAD /_ping"].map((call) => [call, {}]),
    );
    await withEngine(script, async ({ docker, calls, bodies }) => {
      for (const [path, body] of Object.entries(given)) {
        await (await docker.request({ method, path, body: body() })).bytes();
      }
      await docker.systemPingHead();
      expect(calls).toEqual([`${method} /bytes`, `${method} /stream`, "HEAD /_ping"]);
      expect(bodies.slice(0, 2)).toEqual([hidden, hidden]);
    });
  },
);

describe("the answer of docker.request", () => {
  const BIG = 4 << 20;
  const big = (response: ServerResponse): void => void response.writeHead(200).end(Buffer.alloc(BIG, "x"));

  test("can be read in each way, once", async () => {
    const json = { json: { a: 1 } };
    const lines = (response: ServerResponse) => void response.writeHead(200).end('{"a":1}\n{"a":2}\n');
    await withEngine({ "GET /json": json, "GET /big": big, "GET /lines": lines }, async ({ docker }) => {
      const answer = await docker.request({ path: "/json" });
      expect(await answer.json()).toEqual({ a: 1 });
      expect(await rejection(answer.text())).toBeInstanceOf(StreamError);
      expect((await (await docker.request({ path: "/big" })).bytes()).length).toBe(BIG);
      expect(await (await docker.request({ path: "/json" })).text()).toBe('{"a":1}');
      const records: unknown[] = [];
      for await (const record of (await docker.request({ path: "/lines" })).records()) records.push(record);
      expect(records).toEqual([{ a: 1 }, { a: 2 }]);
      let bytes = 0;
      for await (const piece of docker.request({ path: "/big" })) bytes += piece.length;
      for await (const piece of (await docker.request({ path: "/big" })).toNode()) bytes += piece.length;
      expect(bytes).toBe(2 * BIG);
    });
  });

  test("says so if it is longer than its limit, cut off, or not JSON", async () => {
    const half = (response: ServerResponse) => {
      response.writeHead(200, { "Content-Length": 10 }).write("12345");
      setImmediate(() => response.destroy());
    };
    await withEngine({ "GET /big": big, "GET /half": half }, async ({ docker }) => {
      const read = async (path: string, how: "bytes" | "json" | "text", limit?: number) =>
        rejection((await docker.request({ path }))[how](limit ? { limit } : undefined));
      expect(String(await read("/big", "bytes", 1000))).toBe(
        "StreamError: request: the answer is longer than 1000 bytes, the most that is read at once",
      );
      expect(await read("/big", "json")).toBeInstanceOf(StreamError);
      expect(String(await read("/half", "text"))).toMatch(/request: the connection broke after 5 bytes/);
      expect(await read("/big", "text", -1)).toBeInstanceOf(ArgumentError);
    });
  });

  test("frees its connection although nobody reads it, if it is small", async () => {
    await withEngine(
      { "GET /json": { json: { a: "x".repeat(100_000) } } },
      async ({ docker, underWay, path }) => {
        for (let i = 0; i < 20; i += 1) {
          await docker.request({ path: "/json" });
          await until("the answer is complete", () => underWay() === 0);
        }
        expect(path).not.toBe("");
      },
    );
  });

  test("frees its connection when it is disposed of, cancelled, or no longer held", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    await withEngine({ "GET /big": big }, async ({ docker, underWay }) => {
      await (await docker.request({ path: "/big" }))[Symbol.asyncDispose]();
      (await docker.request({ path: "/big" })).cancel();
      await until("both are closed", () => underWay() === 0);
      await (async () => void (await docker.request({ path: "/big" })))();
      await until("it is collected", () => {
        collect();
        return underWay() === 0;
      });
    });
  });

  test("ends with the signal, and after silence", async () => {
    const slow = (response: ServerResponse): void => void response.writeHead(200).write("begin");
    await withEngine({ "GET /slow": slow, "GET /never": "hang" }, async ({ docker, underWay }) => {
      const abort = new AbortController();
      const answer = await docker.request({ path: "/slow", signal: abort.signal });
      const reading = rejection(answer.text());
      abort.abort();
      expect(await reading).toBeInstanceOf(AbortedError);
      const silent = await docker.request({ path: "/slow", idleTimeout: 30 });
      expect(await rejection(silent.bytes())).toBeInstanceOf(TimeoutError);
      expect(await rejection(docker.request({ path: "/never", timeout: 30 }))).toBeInstanceOf(TimeoutError);
      await until("all are closed", () => underWay() === 0);
    });
  });

  test("is a two-way connection if asked for and granted", async () => {
    const echo = { upgrade: (socket: NodeJS.ReadWriteStream) => socket.pipe(socket) };
    await withEngine(
      { "POST /exec/1/start": echo, "POST /exec/2/start": { json: {} }, "GET /x": { json: {} } },
      async ({ docker, bodies }) => {
        const request = {
          method: "POST",
          path: "/exec/1/start",
          body: { Tty: true },
          upgrade: true,
        } as const;
        const answer = await docker.request(request);
        expect([answer.status, answer.upgraded]).toEqual([101, true]);
        answer.duplex.end("hello");
        const [data] = await once(answer.duplex, "data");
        expect(String(data)).toBe("hello");
        expect(bodies).toContainEqual({ Tty: true });
        const refused = await docker.request({ ...request, path: "/exec/2/start" });
        expect(() => refused.duplex).toThrow(ConnectionError);
        const unasked = await docker.request({ path: "/x" });
        expect(() => unasked.duplex).toThrow(/write upgrade: true/);
      },
    );
  });

  test("goes through demux", async () => {
    const frame = Buffer.from([2, 0, 0, 0, 0, 0, 0, 3, ...Buffer.from("err")]);
    await withEngine(
      { "GET /logs": (response: ServerResponse) => void response.writeHead(200).end(frame) },
      async ({ docker }) => {
        const logs = demux(await docker.request({ path: "/logs" }));
        expect(await logs.text()).toEqual({ stdout: "", stderr: "err" });
      },
    );
  });
});
