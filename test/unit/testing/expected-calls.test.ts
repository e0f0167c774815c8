import { ArgumentError, type Call, type Docker } from "../../../src/index.js";
import type { MockEngine } from "../../../src/testing/index.js";
import { useMockEngine } from "../../helpers/use-mock-engine.js";

let engine: MockEngine;
let docker: Docker;

useMockEngine((made) => {
  ({ engine, docker } = made);
});

/** Why a call was not what a mock expects; undefined if it was. */
async function refusal(call: Call<unknown>): Promise<string | undefined> {
  const result = await call.result();
  return result.ok ? undefined : result.error.message;
}

const created = { Id: "1", Warnings: [] };

describe("a JSON body", () => {
  const create = (body: object) => refusal(docker.containerCreate(body));

  test.each([
    ["what it leaves out", { Image: "alpine" }, { Image: "alpine", Hostname: "box" }],
    ["members at any depth", { HostConfig: { Memory: 5 } }, { HostConfig: { Memory: 5, CpuShares: 2 } }],
    ["undefined members", { Image: "alpine", Hostname: undefined }, { Image: "alpine" }],
    ["nothing at all", {}, { Image: "alpine" }],
    ["integers of either type", { HostConfig: { Memory: 5n } }, { HostConfig: { Memory: 5 } }],
    [
      "wide integers",
      { HostConfig: { Memory: 9223372036854771713n } },
      { HostConfig: { Memory: 9223372036854771713n } },
    ],
    ["the matchers of a test framework", { Image: expect.stringMatching(/^alp/) }, { Image: "alpine" }],
  ])("matches %s", async (_, expected, sent) => {
    engine.on("containerCreate", { body: expected as never }).reply(201, created);
    expect(await create(sent)).toBeUndefined();
    engine.done();
  });

  test.each([
    ["a member", { Image: "alpine" }, { Image: "busybox" }, 'body.Image is "busybox", not "alpine"'],
    ["a member that is not there", { Image: "alpine" }, {}, 'body.Image is not given, not "alpine"'],
    [
      "an inner member",
      { HostConfig: { Memory: 5 } },
      { HostConfig: { Memory: 6 } },
      "body.HostConfig.Memory is 6, not 5",
    ],
    [
      "a wide integer",
      { HostConfig: { Memory: 9223372036854771713n } },
      { HostConfig: { Memory: 9223372036854771712n } },
      "body.HostConfig.Memory is 9223372036854771712, not 9223372036854771713",
    ],
    [
      "the length of a list",
      { HostConfig: { Binds: ["a:b"] } },
      { HostConfig: { Binds: ["a:b", "c:d"] } },
      'body.HostConfig.Binds is ["a:b","c:d"], not ["a:b"]',
    ],
    [
      "an item of a list",
      { HostConfig: { Binds: ["a:b"] } },
      { HostConfig: { Binds: ["c:d"] } },
      'body.HostConfig.Binds[0] is "c:d", not "a:b"',
    ],
    ["what kind it is", { HostConfig: {} }, { HostConfig: null }, "body.HostConfig is null, not {}"],
    [
      "what a matcher says",
      { Image: expect.stringMatching(/^alp/) },
      { Image: "box" },
      'body.Image is "box", which its matcher refuses',
    ],
  ])("that differs in %s is told", async (_, expected, sent, message) => {
    engine.on("containerCreate", { body: expected as never }).reply(201, created);
    expect(await create(sent)).toContain(message);
    expect(() => engine.done()).toThrow(message);
  });

  test("may be judged by a function", async () => {
    engine
      .on("containerCreate", { body: ({ Image }) => Image?.startsWith("alpine") === true })
      .reply(201, created, { times: 2 });
    expect(await create({ Image: "alpine:3.20" })).toBeUndefined();
    expect(await create({ Image: "busybox" })).toContain("the mock's function refuses the body");
  });

  test("must be one that can be sent", () => {
    const cycle: Record<string, unknown> = {};
    cycle.Self = cycle;
    expect(() => engine.on("containerCreate", { body: cycle as never })).toThrow(ArgumentError);
    expect(() => engine.on("imageLoad", { body: "text" as never })).toThrow(
      /must be a Uint8Array or a function/,
    );
  });
});

describe("a body of bytes", () => {
  const load = (bytes: number[]) => refusal(docker.imageLoad({ body: Buffer.from(bytes) }));

  test("is compared byte by byte", async () => {
    // As UTF-8 both would be the same replacement character.
    engine.on("imageLoad", { body: Buffer.from([0xff]) }).reply(200, [], { times: 2 });
    expect(await load([0xfe])).toContain("body differs at byte 0");
    expect(await load([0xff, 0])).toContain("body has 2 bytes, not 1");
    expect(await load([0xff])).toBeUndefined();
  });

  test("is recorded as bytes and handed to a function as such", async () => {
    engine.on("imageLoad", { body: (tar) => tar[0] === 0xff }).reply(200, []);
    expect(await load([0xff])).toBeUndefined();
    expect(engine.calls[0]?.body).toEqual(Buffer.from([0xff]));
  });
});

describe("options", () => {
  test("that only look like the same number differ", async () => {
    engine.on("imageTag", { tag: "1.1" }).reply(201);
    expect(await refusal(docker.imageTag("app", { repo: "app", tag: "1.10" }))).toContain(
      "tag is 1.10, not 1.1",
    );
  });

  test("in JSON are compared by value, wide integers included", async () => {
    engine
      .on("containerList", { filters: { label: ["a"], status: ["running"] } })
      .reply(200, [])
      .on("systemInfo")
      .reply(500, { message: "" });
    expect(
      await refusal(docker.containerList({ filters: { status: ["running"], label: ["a"] } })),
    ).toBeUndefined();
  });

  test("in a header are compared by value", async () => {
    const login = { username: "me", password: "s3cret" };
    engine.on("imagePush", { "X-Registry-Auth": login }).reply(200, []);
    const { password, username } = login;
    expect(
      await refusal(docker.imagePush("app", { "X-Registry-Auth": { password, username } })),
    ).toBeUndefined();
    engine.done();
  });
});

describe("secrets", () => {
  const secret = "pl4nted";
  const other = "als0-planted";

  test.each<[string, (value: string) => void, (value: string) => Call<unknown>]>([
    [
      "build arguments",
      (value) => engine.on("imageBuild", { buildargs: { TOKEN: value } as never }).reply(200, []),
      (value) => docker.imageBuild({ buildargs: { TOKEN: value } as never, body: Buffer.from("tar") }),
    ],
    [
      "a remote context",
      (value) => engine.on("imageBuild", { remote: `https://u:${value}@h/r.git` }).reply(200, []),
      (value) => docker.imageBuild({ remote: `https://u:${value}@h/r.git` }),
    ],
    [
      "a registry login",
      (value) => engine.on("imagePush", { "X-Registry-Auth": { password: value } }).reply(200, []),
      (value) => docker.imagePush("app", { "X-Registry-Auth": { password: value } }),
    ],
    [
      "a login's body",
      (value) => engine.on("systemAuth", { body: { password: value } }).reply(200, { Status: "" }),
      (value) => docker.systemAuth({ body: { username: "me", password: value } } as never),
    ],
    [
      "the environment of a container",
      (value) => engine.on("containerCreate", { body: { Env: [`P=${value}`] } }).reply(201, created),
      (value) => docker.containerCreate({ Env: [`P=${value}`] }),
    ],
    [
      "the environment of a service",
      (value) =>
        engine
          .on("serviceCreate", {
            body: { TaskTemplate: { ContainerSpec: { Env: [`P=${value}`] } } } as never,
          })
          .reply(201, { ID: "1" }),
      (value) => docker.serviceCreate({ TaskTemplate: { ContainerSpec: { Env: [`P=${value}`] } } } as never),
    ],
    [
      "the settings of a plugin",
      (value) => engine.on("pluginSet", { body: [`P=${value}`] }).reply(204),
      (value) => docker.pluginSet("p", { body: [`P=${value}`] } as never),
    ],
    [
      "stored data",
      (value) =>
        engine.on("secretCreate", { body: { Name: "s", Data: value } }).reply(201, { Id: "1" } as never),
      (value) => docker.secretCreate({ Name: "s", Data: value }),
    ],
    [
      "an object around them",
      (value) =>
        engine
          .on("containerCreate", {
            body: { HostConfig: { LogConfig: { Type: "x", Config: { token: value } } } } as never,
          })
          .reply(201, created),
      (value) => docker.containerCreate({ HostConfig: null, Env: [value] } as never),
    ],
  ])("are not shown: %s", async (_, expect_, call) => {
    expect_(secret);
    const message = await refusal(call(other));
    expect(message).toContain("mockEngine did not expect");
    let told = "";
    try {
      engine.done();
    } catch (problem) {
      told = (problem as Error).message;
    }
    expect(told).toContain("not called");
    for (const text of [message, told]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(other);
    }
  });

  test("are not shown of a call that nothing was set for", async () => {
    const message = await refusal(
      docker.imageBuild({ buildargs: { TOKEN: secret } as never, t: "a" as never }),
    );
    expect(message).toContain("did not expect POST /build");
    expect(message).not.toContain(secret);
  });
});
