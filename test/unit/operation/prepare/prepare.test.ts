import { createReadStream } from "node:fs";
import { PassThrough } from "node:stream";
import { operations } from "#generated/operations.js";
import { ArgumentError } from "../../../../src/index.js";
import { prepare, withDefaultTimeout } from "../../../../src/operation/prepare/prepare.js";
import { isSecret } from "../../../../src/secrets.js";

type Arguments = Parameters<typeof prepare>[1];
const as = <T>(value: unknown): T => value as T;
const {
  ContainerAttach,
  ContainerCreate,
  ContainerDelete,
  ContainerExec,
  ContainerList,
  ContainerStats,
  ContainerStop,
  ContainerTop,
  ExecStart,
  ImageBuild,
  ImageCommit,
  ImageCreate,
  ImageHistory,
  ImagePush,
  PutContainerArchive,
  ServiceCreate,
} = operations;

/** The error of a call that is refused. */
function refusal(call: () => unknown): ArgumentError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return error as ArgumentError;
  }
  throw new Error("nothing was refused");
}

describe("the body", () => {
  test.each([
    { body: "text", says: "ContainerCreate: the body must be an object, not a string" },
    { body: 5, says: "ContainerCreate: the body must be an object, not a number" },
    { body: [], says: "ContainerCreate: the body must be an object, not an array" },
    { body: { Labels: { a: () => 1 } }, says: "cannot be written as JSON: it has a function at Labels.a" },
    { body: { Cmd: ["a", undefined] }, says: "it has undefined at Cmd[1]" },
    { body: { Cmd: [Symbol("s")] }, says: "it has a symbol at Cmd[0]" },
    { body: { HostConfig: { Memory: Number.NaN } }, says: "it has NaN at HostConfig.Memory" },
    { body: { Labels: new Map([["a", "b"]]) }, says: "it has a Map at Labels, which JSON would write as {}" },
    { body: { Labels: Promise.resolve({}) }, says: "it has a Promise at Labels" },
    { body: { Data: Buffer.from("x") }, says: "it has bytes at Data; write them as base64 text" },
    {
      body: { name: "web" },
      says: "name does not belong in the body; write { name } in the options, after the body",
    },
    { body: { platform: "linux/arm64" }, says: "platform does not belong in the body" },
    {
      body: { abortSignal: 1 },
      says: "abortSignal does not belong in the body; write { signal } in the last argument",
    },
  ])("$body is refused: $says", ({ body, says }) => {
    expect(refusal(() => prepare(ContainerCreate, { body })).message).toContain(says);
  });

  test.each([
    { body: {}, want: "{}" },
    { body: { Cmd: undefined, Labels: {} }, want: '{"Labels":{}}' },
    { body: { Memory: 9007199254740993n }, want: '{"Memory":9007199254740993}' },
    { body: { Created: new Date(0) }, want: '{"Created":"1970-01-01T00:00:00.000Z"}' },
    { body: structuredClone({ Labels: {} }), want: '{"Labels":{}}' },
  ])("$want is written", ({ body, want }) => {
    expect(String(prepare(ContainerCreate, { body }).body)).toBe(want);
  });

  test("of a list is a list", () => {
    const path = { name: "a" };
    expect(String(prepare(operations.PluginSet, { path, body: ["A=b"] }).body)).toBe('["A=b"]');
    expect(refusal(() => prepare(operations.PluginSet, { path, body: { A: "b" } })).message).toBe(
      "PluginSet: the body must be an array, not an object",
    );
  });
});

describe("a stream that is handed over", () => {
  const refused = (body: unknown) =>
    refusal(() => prepare(PutContainerArchive, { path: { id: "" }, body, options: { path: "/" } }));

  test("is heard from at once, though the call is refused", async () => {
    const file = createReadStream("/nonexistent/file.tar", { autoClose: true });
    refused(file);
    await new Promise<void>((resolve) => file.once("close", () => resolve()));
    expect(file.errored?.message ?? "").toMatch(/^$|ENOENT/);
  });

  test("is let go of when the call is refused", () => {
    const stream = new PassThrough();
    refused(stream);
    expect(stream.destroyed).toBe(true);
  });

  test("is let go of as an option, too", () => {
    const body = new PassThrough();
    refusal(() => prepare(ImageBuild, { options: { body, bogus: 1 } }));
    expect(body.destroyed).toBe(true);
  });
});

describe("a framing header", () => {
  test.each(["Content-Length", "transfer-encoding", "Connection", "Upgrade", "TE", "Trailer", "Keep-Alive"])(
    "%s is refused, given or left out",
    (name) => {
      for (const value of ["1", null]) {
        const { message } = refusal(() => prepare(ContainerList, {}, { headers: { [name]: value } }));
        expect(message).toContain(`the header ${name} is ${name}, which the client sets by itself`);
      }
    },
  );

  test("does not include Host, by which proxies route", () => {
    expect(prepare(ContainerList, {}, { headers: { Host: "engine" } }).headers).toEqual({ Host: "engine" });
  });
});

describe("request options", () => {
  test.each([
    {
      request: { singal: 1 },
      says: "the option singal is unknown. Known options: signal, timeout, idleTimeout, headers",
    },
    { request: { abortSignal: 1 }, says: "; write signal" },
    { request: { signal: "x" }, says: 'the option signal must be an AbortSignal, not "x"' },
    { request: { idleTimeout: 0 }, says: "the option idleTimeout must be a positive number of milliseconds" },
    { request: { headers: "A: b" }, says: "the option headers must be an object" },
    { request: { headers: { A: 1 } }, says: "the header A has a value that HTTP does not allow" },
    { request: null, says: "ContainerList: the options must be an object, not null" },
  ])("$request are refused: $says", ({ request, says }) => {
    expect(refusal(() => prepare(ContainerList, {}, as(request))).message).toContain(says);
  });

  test.each([
    { own: undefined, client: undefined, want: undefined },
    { own: undefined, client: 5, want: 5 },
    { own: 3, client: 5, want: 3 },
    { own: Number.POSITIVE_INFINITY, client: 5, want: undefined },
    { own: undefined, client: Number.POSITIVE_INFINITY, want: undefined },
  ])("of the timeouts $own of the call and $client of the client, $want holds", ({ own, client, want }) => {
    const call = prepare(ContainerList, {}, { timeout: own, idleTimeout: Number.POSITIVE_INFINITY });
    expect(withDefaultTimeout(call, client).request).toEqual({ timeout: want, idleTimeout: undefined });
  });
});

describe("another client's habit", () => {
  test.each<{ operation: (typeof operations)[keyof typeof operations]; options: object; says: string }>([
    {
      operation: ImageCreate,
      options: { authconfig: {} },
      says: '; write "X-Registry-Auth": { username, password }',
    },
    { operation: ImageBuild, options: { registryconfig: {} }, says: '; write "X-Registry-Config": {' },
    {
      operation: ContainerList,
      options: { signal: 1 },
      says: "; write { signal } in the last argument",
    },
    {
      operation: ContainerStop,
      options: { timeout: 1 },
      says: "; write t for the container's grace period in seconds",
    },
    { operation: ContainerList, options: { filters: '{"label":["a"]}' }, says: "omit JSON.stringify" },
    {
      operation: ContainerList,
      options: { filters: { data: new Map(), toURLParameter: () => "{}" } },
      says: 'must be an object of lists, such as { label: ["app=web"] }, not a Filter of @docker/node-sdk',
    },
    {
      operation: ContainerList,
      options: { _query: {} },
      says: "_query is unknown; write its members as options",
    },
    {
      operation: ContainerAttach,
      options: { hijack: true },
      says: "a two-way connection is opened by itself",
    },
    { operation: ExecStart, options: { stdin: true }, says: "a two-way connection is opened by itself" },
    {
      operation: ContainerDelete,
      options: { volumes: true },
      says: "volumes is unknown; write v: true instead",
    },
    {
      operation: ContainerStats,
      options: { oneShot: true },
      says: 'oneShot is unknown; write "one-shot" instead',
    },
    {
      operation: ExecStart,
      options: { Detach: true },
      says: "Detach is unknown; write body: { Detach: true } instead",
    },
    {
      operation: ImageBuild,
      options: { "X-Registry-Config": { "https://u:s3cret@h": { pass: 1 } } },
      says: "X-Registry-Config, https://***@h: the option pass is unknown",
    },
    { operation: ContainerTop, options: { authconfig: {} }, says: "the option authconfig is unknown" },
    {
      operation: ContainerList,
      options: { filters: { "is-task": { "a=b": 1 } } },
      says: 'a list of strings, such as { "is-task": ["…"] }',
    },
    { operation: ExecStart, options: { x: 1 }, says: "the option x is unknown. Known options: body" },
    {
      operation: operations.ImageLoad,
      options: new ReadableStream(),
      says: "the options must be an object, not a stream. Known options: quiet, platform, body",
    },
    { operation: PutContainerArchive, options: "/tmp" as never, says: "not a string. Write { path }" },
    { operation: ContainerTop, options: { psArgs: "-e" }, says: "psArgs is unknown; write ps_args instead" },
    { operation: ImageCreate, options: { credentials: {} }, says: '; write "X-Registry-Auth": {' },
    { operation: ImageBuild, options: { credentials: {} }, says: '; write "X-Registry-Config": {' },
    { operation: ImageBuild, options: { tag: "a" }, says: 'tag is unknown; write t: "name:tag" instead' },
    { operation: ImageBuild, options: { timeout: 1 }, says: "; write { timeout } in the last argument" },
    { operation: ImagePush, options: { followProgress: 1 }, says: "for await (const message of call)" },
    {
      operation: ImageCommit,
      options: { containerConfig: {} },
      says: "containerConfig is unknown; write body instead",
    },
  ])("$options is answered with what to write: $says", ({ operation, options, says }) => {
    expect(refusal(() => prepare(operation, { path: { id: "a" }, options })).message).toContain(says);
  });

  test.each<{ operation: (typeof operations)[keyof typeof operations]; body: object; says: string }>([
    {
      operation: ContainerCreate,
      body: { _body: {} },
      says: "_body does not belong in the body; pass the body",
    },
    {
      operation: ContainerCreate,
      body: { _query: {} },
      says: "_query does not belong in the body; write its",
    },
    { operation: ContainerExec, body: { hijack: true }, says: "hijack does not belong in the body; omit it" },
    {
      operation: ContainerCreate,
      body: { authconfig: {} },
      says: "authconfig does not belong in the body; omit it: the Engine ignores it",
    },
    { operation: ExecStart, body: { stdin: true }, says: "stdin does not belong in the body; omit it" },
    {
      operation: ServiceCreate,
      body: { authconfig: {} },
      says: 'authconfig does not belong in the body; write "X-Registry-Auth": { username, password } in the options',
    },
  ])("$body in the body is answered with what to write: $says", ({ operation, body, says }) => {
    expect(refusal(() => prepare(operation, { path: { id: "a" }, body })).message).toContain(says);
  });
});

describe("a platform", () => {
  test.each([
    { platform: { os: "linux", architectur: "arm" }, says: 'has the unknown key "architectur"' },
    { platform: { os: "linux" }, says: "has no architecture" },
    { platform: { os: "linux", architecture: 5n }, says: "has an invalid architecture" },
    { platform: { os: "linux", architecture: "arm", variant: 7 }, says: "has an invalid variant" },
    { platform: 5n, says: "must be a string or an object, not a bigint" },
  ])("$platform is refused by every operation: $says", ({ platform, says }) => {
    const call = () => prepare(ImageHistory, { path: { name: "a" }, options: { platform } });
    expect(refusal(call).message).toContain(says);
  });

  test("is taken in either form where the Engine wants text, and where it wants JSON", () => {
    const object = { os: "linux", architecture: "arm", variant: "v7" };
    const queries = [object, "linux/arm/v7"].flatMap((platform) => [
      prepare(ImageHistory, { path: { name: "a" }, options: { platform } }).query,
      prepare(ContainerCreate, { body: {}, options: { platform } }).query,
    ]);
    const json = `platform=${encodeURIComponent(JSON.stringify(object))}`;
    expect(queries).toEqual([json, "platform=linux%2Farm%2Fv7", json, "platform=linux%2Farm%2Fv7"]);
  });
});

describe("a login", () => {
  test.each([
    { auth: "hunter2", says: "must be an object such as { username, password }, not a string" },
    {
      auth: { userName: "hunter2" },
      says: "the option userName is unknown; write username instead",
    },
    { auth: { password: ["hunter2"] }, says: "password must be a string, not an array" },
  ])("$auth is refused and not shown", ({ auth, says }) => {
    const { message } = refusal(() => prepare(ImageCreate, { options: { "X-Registry-Auth": auth } }));
    expect(message).toContain(says);
    expect(message).not.toContain("hunter2");
  });

  test("of a registry is checked as well", () => {
    const options = { "X-Registry-Config": { "registry.example": { pasword: "hunter2" } } };
    expect(refusal(() => prepare(ImageBuild, { options })).message).toContain(
      "X-Registry-Config, registry.example: the option pasword is unknown",
    );
  });
});

describe("a secret of every operation", () => {
  const secrets = Object.values(operations).flatMap((operation) =>
    [...Object.keys(operation.query), ...Object.keys(operation.headers)]
      .filter(isSecret)
      .map((name) => ({ operation, name })),
  );
  const hidden = [
    "hunter2",
    '{"TOKEN":"hunter2"}',
    "hunter2\n",
    "https://hunter2@host",
    ["hunter2", Symbol("hunter2")],
    { TOKEN: ["hunter2", Symbol("hunter2")] },
    { hunter: { TOKEN: "hunter2", more: () => 1 } },
  ];

  test.each(secrets)("$operation.id does not show $name", ({ operation, name }) => {
    for (const value of hidden) {
      try {
        prepare(operation, { path: { name: "a", id: "a" }, options: { [name]: value } } as Arguments);
      } catch (error) {
        expect((error as Error).message).not.toContain("hunter2");
      }
    }
  });

  test("there are such", () => expect(secrets.length).toBeGreaterThan(10));
});
