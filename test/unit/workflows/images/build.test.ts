import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import {
  ArgumentError,
  BuildError,
  type BuildEvent,
  Docker,
  UnsupportedError,
} from "../../../../src/index.js";
import { checkedTar } from "../../../../src/workflows/archive/checked-tar.js";
import { checkOutput } from "../../../../src/workflows/images/build-output.js";
import { secretReaders } from "../../../../src/workflows/images/build-secrets.js";
import { bytesOf } from "../../../helpers/streams.js";
import { useTemporaryFolder } from "../../../helpers/temporary-folder.js";
import { until } from "../../../helpers/waiting.js";
import { type Script, withEngine } from "../scripted-engine.js";

let folder: string;
useTemporaryFolder((path) => {
  folder = path;
});

const lines = (...records: object[]) => ({
  headers: { "Content-Type": "application/json" },
  text: records.map((record) => `${JSON.stringify(record)}\n`).join(""),
});
/** Answers a build with records. */
const builds = (...records: object[]): Script => ({
  "POST /build": (response) => response.end(lines(...records).text),
});
const BUILT = builds({ stream: "Step 1/1 : FROM scratch" }, { aux: { ID: "sha256:12" } });
const tar = Buffer.from("tar");

/** The query of the only call of a build. */
async function queryOf(options: object, context: string | Buffer = tar): Promise<Record<string, string[]>> {
  return withEngine(BUILT, async ({ docker, calls }) => {
    await docker.build(context, { builder: "classic", ...options });
    const [call = ""] = calls.filter((path) => path.startsWith("POST /build"));
    const { searchParams } = new URL(call.slice("POST ".length), "http://engine");
    return Object.fromEntries([...searchParams.keys()].map((key) => [key, searchParams.getAll(key)]));
  });
}

describe("the classic builder", () => {
  test("gets every option by the name that the Engine has for it", async () => {
    const query = await queryOf({
      tags: ["a:1", "b"],
      dockerfile: "d/Dockerfile",
      target: "first",
      platform: { os: "linux", architecture: "arm64" },
      network: "container:web",
      buildArgs: { A: "1", LEFT: null },
      labels: { l: "2" },
      cacheFrom: ["c:1"],
      noCache: true,
      pull: true,
      addHosts: ["one:10.0.0.1", "two=10.0.0.2", "six=::1"],
      shmSize: 1024,
      ulimits: [{ Name: "nofile", Soft: 1, Hard: 2 }],
      memory: 1,
      memorySwap: -1,
      cpuShares: 2,
      cpuPeriod: 3,
      cpuQuota: 4,
      cpusetCpus: "0-3",
      cpusetMems: "0",
      cgroupParent: "/x",
      isolation: "default",
      securityOpt: ["a", "b"],
      squash: true,
      rm: false,
      forceRm: true,
    });
    expect(query).toEqual({
      t: ["a:1", "b"],
      dockerfile: ["d/Dockerfile"],
      target: ["first"],
      platform: ["linux/arm64"],
      networkmode: ["container:web"],
      buildargs: ['{"A":"1"}'],
      labels: ['{"l":"2"}'],
      cachefrom: ['["c:1"]'],
      nocache: ["true"],
      pull: ["true"],
      extrahosts: ["one:10.0.0.1", "two:10.0.0.2", "six:::1"],
      shmsize: ["1024"],
      ulimits: ['[{"Name":"nofile","Soft":1,"Hard":2}]'],
      memory: ["1"],
      memswap: ["-1"],
      cpushares: ["2"],
      cpuperiod: ["3"],
      cpuquota: ["4"],
      cpusetcpus: ["0-3"],
      cpusetmems: ["0"],
      cgroupparent: ["/x"],
      isolation: ["default"],
      securityopt: ["a", "b"],
      squash: ["true"],
      rm: ["false"],
      forcerm: ["true"],
    });
  });

  test("leaves no container of a build that fails, unless it is to keep them", async () => {
    expect((await queryOf({})).forcerm).toEqual(["true"]);
    expect((await queryOf({ forceRm: false })).forcerm).toEqual(["false"]);
    expect(await queryOf({ rm: false })).toMatchObject({ rm: ["false"], forcerm: ["false"] });
  });

  test.each([
    "https://example.com/repo.git#main:sub",
    "http://example.com/context.tar",
    "git://example.com/repo",
    "git@example.com:me/repo.git",
    "github.com/me/repo",
    "ssh://git@example.com/me/repo",
  ])("has the Engine fetch %s", async (url) => {
    expect(await queryOf({ dockerfile: "d" }, url)).toMatchObject({ remote: [url], dockerfile: ["d"] });
  });

  test("takes a folder rather than a URL of the same name", async () => {
    await mkdir(join(folder, "github.com/me"), { recursive: true });
    await writeFile(join(folder, "github.com/me/Dockerfile"), "FROM scratch\n");
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect(await queryOf({}, "github.com/me")).toEqual({ dockerfile: ["Dockerfile"], forcerm: ["true"] });
    } finally {
      process.chdir(before);
    }
  });

  test("gets the logins for what the Dockerfile is built from, and no other", async () => {
    const dockerfile =
      "ARG R=a.example\nFROM $R/x\nFROM b.example:5000/y AS z\nCOPY --from=c.example/z / /\n";
    const login = (username: string) => ({ username, password: "x" });
    let header = "";
    const script: Script = {
      "POST /build": (response) => {
        header = String(response.req.headers["x-registry-config"]);
        response.end(lines({ aux: { ID: "sha256:12" } }).text);
      },
    };
    await mkdir(join(folder, "context"));
    await withEngine(script, ({ docker }) =>
      docker.build(join(folder, "context"), {
        builder: "classic",
        dockerfile: { text: dockerfile },
        logins: { "docker.io": login("hub"), "b.example:5000": login("b") },
      }),
    );
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toEqual({
      "https://index.docker.io/v1/": { ...login("hub"), serveraddress: "https://index.docker.io/v1/" },
      "b.example:5000": { ...login("b"), serveraddress: "b.example:5000" },
    });
  });

  test("without an ID is a StreamError, and so is one that breaks off", async () => {
    await withEngine(builds({ stream: "x" }), async ({ docker }) => {
      await expect(docker.build(tar, { builder: "classic" })).rejects.toThrow("reported no image ID");
    });
    const breaks: Script = {
      "POST /build": (response) => {
        response.writeHead(200, { "Content-Length": 100 });
        response.write('{"stream":"Step 1/1 : FROM a"}\n');
        setTimeout(() => response.destroy(), 20);
      },
    };
    await withEngine(breaks, async ({ docker }) => {
      const error = await docker.build(tar, { builder: "classic" }).catch((caught) => caught);
      expect(error).toMatchObject({ name: "StreamError", code: "ERR_DOCKER_STREAM" });
    });
  });

  test("that fails is a BuildError with the step, its exit code and its output", async () => {
    const message = "The command '/bin/sh -c make' returned a non-zero code: 2";
    const script = builds(
      { stream: "Step 1/2 : FROM a" },
      { stream: "\n" },
      { stream: " ---> 1234\n" },
      { stream: "Step 2/2 : RUN make" },
      { stream: "\n" },
      { stream: " ---> Running in 99\n" },
      { stream: "no rule\n" },
      { errorDetail: { code: 2, message }, error: message },
    );
    await withEngine(script, async ({ docker }) => {
      const error = await docker.build(tar, { builder: "classic" }).catch((caught) => caught);
      expect(error).toBeInstanceOf(BuildError);
      const { step, exitCode, output } = error as BuildError;
      expect({ message: error.message, step, exitCode, output }).toEqual({
        message: `build failed at [2/2] RUN make: ${message}`,
        step: "[2/2] RUN make",
        exitCode: 2,
        output: "no rule\n",
      });
    });
  });

  test("may end the line of a step in the same record", async () => {
    const message = "returned a non-zero code: 1";
    const script = builds(
      { stream: "Step 1/2 : FROM a\n" },
      { stream: "Step 2/2 : RUN false\n" },
      { stream: " ---> Running in 99\n" },
      { errorDetail: { code: 1, message } },
    );
    await withEngine(script, async ({ docker }) => {
      const build = docker.build(tar, { builder: "classic" });
      await expect(build).rejects.toMatchObject({ step: "[2/2] RUN false", exitCode: 1 });
    });
  });

  test("is not misled by a command that prints what looks like a step", async () => {
    const script = builds(
      { stream: "Step 1/2 : RUN cat log" },
      { stream: "\n" },
      { stream: " ---> Running in 99\n" },
      { stream: "Step 2/2 : RUN other\n" },
      { errorDetail: { code: 1, message: "failed" } },
    );
    await withEngine(script, async ({ docker }) => {
      const build = docker.build(tar, { builder: "classic" });
      await expect(build).rejects.toMatchObject({
        step: "[1/2] RUN cat log",
        output: "Step 2/2 : RUN other\n",
      });
    });
  });

  test("ends with what onProgress throws", async () => {
    const failure = new Error("mine");
    await withEngine(BUILT, async ({ docker }) => {
      const onProgress = (): void => {
        throw failure;
      };
      await expect(docker.build(tar, { builder: "classic", onProgress })).rejects.toBe(failure);
    });
  });
});

describe("the builder is chosen", () => {
  const NO_SESSION: Script = { "POST /session": { status: 404, json: { message: "Not Found" } } };
  const ping = (version?: string): Script => ({
    "HEAD /_ping": { status: 200, headers: version === undefined ? {} : { "Builder-Version": version } },
  });

  test("as the Engine recommends: without a session where that is the classic one", async () => {
    await withEngine({ ...BUILT, ...ping("1") }, async ({ docker, calls }) => {
      expect(await docker.build(tar)).toEqual({ id: "sha256:12", warnings: [] });
      expect(calls).not.toContain("POST /session");
    });
  });

  test.each([404, 403])("as the classic one where a session is a %s", async (status) => {
    const script = { ...BUILT, ...ping(), "POST /session": { status, json: { message: "no" } } };
    await withEngine(script, async ({ docker, calls }) => {
      expect((await docker.build(Readable.from([tar]))).id).toBe("sha256:12");
      expect(calls).toContain("POST /session");
    });
  });

  test.each<{ options: object; advice: string }>([
    { options: { builder: "buildkit" }, advice: 'does not offer BuildKit; write builder: "classic"' },
    {
      options: { secrets: { a: "x" } },
      advice: "does not offer BuildKit; secrets needs BuildKit; remove it, or use an Engine with BuildKit",
    },
    {
      options: { secrets: { a: "x" }, inlineCache: true },
      advice: "secrets and inlineCache need BuildKit; remove them, or use an Engine with BuildKit",
    },
  ])("by $options, which fail where there is no BuildKit", async ({ options, advice }) => {
    await withEngine({ ...BUILT, ...ping("1"), ...NO_SESSION }, async ({ docker, calls }) => {
      const error = await docker.build(tar, options).catch((caught) => caught);
      expect(error).toBeInstanceOf(UnsupportedError);
      expect(error.message).toContain(advice);
      expect(calls.filter((call) => call.startsWith("POST /build"))).toEqual([]);
    });
  });
});

describe("before anything is sent", () => {
  const connect = jest.fn(() => Promise.reject(new Error("nothing may be sent")));
  const docker = new Docker({ connect });
  afterAll(() => docker.close());

  const agent = { SSH_AUTH_SOCK: undefined as string | undefined };
  beforeEach(() => {
    agent.SSH_AUTH_SOCK = process.env.SSH_AUTH_SOCK;
    delete process.env.SSH_AUTH_SOCK;
  });
  afterEach(() => {
    if (agent.SSH_AUTH_SOCK !== undefined) process.env.SSH_AUTH_SOCK = agent.SSH_AUTH_SOCK;
  });

  const twoOutputs = [{ type: "tar", dest: "a" }];
  test.each<{ options: object; says: string }>([
    { options: { tags: "" }, says: "`tags` has an empty name" },
    { options: { tags: [1] }, says: "must be a name, or an array of names, not an array that contains 1" },
    { options: { tags: 5 }, says: "the option tags must be a name, or an array of names, not 5" },
    {
      options: { cacheFrom: ["a", {}] },
      says: 'an array of image names, such as ["app:1"], not an array that contains an object',
    },
    { options: { tags: "a", contextKey: "k" }, says: "contextKey names a folder, not a tar; remove it" },
    { options: { dockerfile: "" }, says: "the option dockerfile must be a path, or { text }" },
    { options: { dockerfile: "FROM a\n" }, says: "pass the text as dockerfile: { text }" },
    { options: { buildArgs: { "": "x" } }, says: "the option buildArgs has an empty name" },
    { options: { secrets: { "": "x" } }, says: "the option secrets has an empty name" },
    { options: { ssh: { "": "/" } }, says: "the option ssh has an empty name" },
    {
      options: { secrets: { a: { env: "A", file: "b" } } },
      says: 'the secret "a" must have exactly one of file and env',
    },
    {
      options: { secrets: { a: { file: "b", mode: 1 } } },
      says: 'the secret "a" has an unknown member "mode"',
    },
    { options: { ulimits: ["nofile=1"] }, says: "the option ulimits must have objects such as { Name: " },
    { options: { ulimits: [{ name: "nofile" }] }, says: 'ulimits has an unknown member "name"' },
    {
      options: { ulimits: [{ Name: "", Soft: 1, Hard: 1 }] },
      says: 'ulimits must have a Name such as "nofile"',
    },
    {
      options: { ulimits: [{ Name: "nofile", Soft: 1 }] },
      says: "ulimits must have an integer as Hard, not undefined",
    },
    {
      options: { outputs: { type: "image", push: true } },
      says: 'push needs tags; name the image, such as tags: "registry.example/app:1"',
    },
    {
      options: { tags: [], outputs: { type: "image", attrs: { push: "true" } } },
      says: "push needs tags; name the image",
    },
    {
      options: { tags: "a", outputs: { type: "local", dest: "x" } },
      says: 'an output of type "local" has no name; remove tags, or use type "image", "oci" or "docker"',
    },
    { options: { tags: "a", outputs: { type: "tar", dest: "x" } }, says: 'type "tar" has no name' },
    {
      options: { outputs: { type: "local", dest: __filename } },
      says: `the folder for the output cannot be ${__filename}: it is a file`,
    },
    {
      options: { outputs: { type: "local", dest: `${__filename}/x` } },
      says: `the folder for the output cannot be ${__filename}/x: ENOTDIR`,
    },
    { options: { dockerfile: 5 }, says: "the option dockerfile must be a path, or { text }" },
    {
      options: { dockerfile: { text: "FROM a" } },
      says: "put the Dockerfile into the tar and pass its path",
    },
    { options: { platform: "" }, says: "platform" },
    { options: { timeout: -1 }, says: "timeout" },
    { options: { network: "web" }, says: 'must be "default", "none" or "host", not "web"' },
    { options: { buildArgs: { A: 1 } }, says: 'buildArgs must have a string or null for "A", not a number' },
    { options: { buildArgs: new Map([["A", "1"]]) }, says: "pass Object.fromEntries of it" },
    { options: { labels: { a: null } }, says: 'labels must have a string for "a", not null' },
    { options: { builder: "kaniko" }, says: 'builder must be "buildkit" or "classic"' },
    { options: { logins: { "a.example": { user: "x" } } }, says: "the option user is unknown" },
    {
      options: { logins: "secret" },
      says: "the option logins must be an object of logins by registry, or false, not a string",
    },
    {
      options: { secrets: { a: 5 } },
      says: 'secrets must have a string, a Uint8Array, { file }, { env } or a function for "a", not a number',
    },
    { options: { secrets: { a: { file: "/no/such" } } }, says: 'cannot read the secret "a": ENOENT' },
    { options: { secrets: { a: { file: "/" } } }, says: 'the secret "a" is a folder' },
    { options: { secrets: { a: { env: "NO_SUCH_VARIABLE" } } }, says: "NO_SUCH_VARIABLE, which is not set" },
    { options: { ssh: true }, says: "SSH_AUTH_SOCK, which is not set" },
    { options: { ssh: "/no/such" }, says: 'cannot find the ssh agent "default": ENOENT' },
    { options: { ssh: { work: "/" } }, says: 'the ssh agent "work" must be a socket' },
    { options: { outputs: twoOutputs }, says: "outputs must be one output" },
    {
      options: { outputs: { type: "cacheonly" } },
      says: "must have a type of image, local, tar, oci, docker",
    },
    { options: { outputs: { type: "local" } }, says: "must have a folder as dest" },
    { options: { outputs: { type: "tar" } }, says: "must have a file or a Writable as dest" },
    { options: { outputs: { type: "tar", dest: "a", push: true } }, says: "may have push only with" },
    { options: { outputs: { type: "image", dest: "a" } }, says: "may not have a dest" },
    {
      options: { outputs: { type: "image", attrs: { a: 1 } } },
      says: 'outputs.attrs must have a string for "a"',
    },
    { options: { outputs: { type: "tar", dest: "a", to: 1 } }, says: 'has an unknown member "to"' },
    { options: { cacheFrom: [""] }, says: "cacheFrom must be an array of image names" },
    {
      options: { cacheFrom: ["type=registry,ref=a.example/b"] },
      says: 'cacheFrom must be an array of image names, such as ["app:1"]',
    },
    {
      options: { dockerfile: { text: "FROM a", path: "b" } },
      says: "the option dockerfile must be a path, or { text }",
    },
    {
      options: { secrets: { a: { file: "/etc/hosts", target: "b" } } },
      says: 'the secret "a" has an unknown member "target"',
    },
    {
      options: { memory: 1 },
      says: 'BuildKit does not have the option memory; remove it, or write builder: "classic"',
    },
    { options: { builder: "buildkit", squash: true }, says: "BuildKit does not have the option squash" },
    {
      options: { builder: "classic", secrets: {} },
      says: 'the classic builder does not have the option secrets; remove either the option or builder: "classic"',
    },
    { options: { t: "a" }, says: "; write tags" },
    { options: { buildargs: { A: "1" } }, says: '; write buildArgs: { NAME: "value" } instead' },
    { options: { nocache: true }, says: "; write noCache: true" },
    { options: { version: "2" }, says: '; write builder: "buildkit" or "classic" instead' },
    { options: { "X-Registry-Config": {} }, says: "; write logins: {" },
    { options: { push: true }, says: '; write outputs: { type: "image", push: true }' },
    { options: { file: "a" }, says: "; write dockerfile" },
    {
      options: { load: true },
      says: "the option load is unknown; omit load: the image is loaded by default",
    },
    {
      options: { networkmode: "host" },
      says: 'the option networkmode is unknown; write network: "host" instead',
    },
    { options: { src: ["Dockerfile"] }, says: "the option src is unknown; pass the folder as the context" },
    { options: { sbom: true }, says: "the option sbom is unknown; it needs docker buildx" },
    {
      options: { iidfile: "id" },
      says: "the option iidfile is unknown; read the image's ID from the result",
    },
  ])("$options is refused: $says", async ({ options, says }) => {
    const error = await docker.build(tar, options).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toMatch(/^build: /);
    expect((error as Error).message).toContain(says);
    expect(connect).not.toHaveBeenCalled();
  });

  test("a secret is not shown, whatever is wrong beside it", async () => {
    const options = { secrets: { a: "planted", b: ["planted"] }, logins: { r: { password: "planted" } } };
    const error = await docker.build(tar, options as never).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(String(error)).not.toContain("planted");
  });

  test("a context that is neither a path nor bytes is named", async () => {
    const error = await docker.build({ src: ["Dockerfile"] } as never).catch((caught: unknown) => caught);
    expect((error as Error).message).toBe(
      "build: the context must be a path, a Uint8Array, a stream or a list of files, not an object",
    );
  });

  test("a URL has neither a contextKey nor the text of a Dockerfile", async () => {
    const attempt = (options: object) => docker.build("https://example.com/repo.git", options);
    await expect(attempt({ contextKey: "k" })).rejects.toThrow("contextKey names a folder, not a URL");
    await expect(attempt({ dockerfile: { text: "FROM a" } })).rejects.toThrow(
      "put the Dockerfile into what the URL names and pass its path",
    );
  });

  test("secrets and the agent are those of the client's environment", async () => {
    await using own = new Docker({ connect, env: { TOKEN: "x" } });
    process.env.OF_THE_PROCESS = "x";
    process.env.SSH_AUTH_SOCK = join(folder, "agent-of-the-process");
    try {
      const attempt = (options: object) => own.build(tar, options);
      await expect(attempt({ secrets: { a: { env: "OF_THE_PROCESS" } } })).rejects.toThrow(
        "which is not set",
      );
      await expect(attempt({ ssh: true })).rejects.toThrow("SSH_AUTH_SOCK, which is not set");
      const secrets = { a: { env: "TOKEN" } };
      await expect(attempt({ secrets, dockerfile: { text: "" } })).rejects.toThrow("text of a Dockerfile");
    } finally {
      delete process.env.OF_THE_PROCESS;
      delete process.env.SSH_AUTH_SOCK;
    }
  });

  test("a login in a registry's address is not shown", async () => {
    for (const registry of ["https://user:planted@r.example/", "user:planted@r.example"]) {
      const logins = { [registry]: { username: 1 } };
      const error = await docker.build(tar, { logins } as never).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ArgumentError);
      expect(String(error)).toContain('must be a host such as "registry.example:5000"');
      expect(String(error)).not.toContain("planted");
    }
  });

  test("a stream for the result may fail, and is destroyed", async () => {
    const failing = createWriteStream(join(folder, "missing", "out.tar"));
    const waiting = new Writable({ write: () => undefined });
    for (const dest of [failing, waiting]) {
      await expect(docker.build(tar, { platform: "", outputs: { type: "tar", dest } })).rejects.toThrow(
        "platform",
      );
      await until("the stream is closed", () => dest.destroyed);
    }
  });

  test("an agent's socket is found", async () => {
    const server = createServer();
    const path = join(folder, "agent");
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const error = await docker.build(tar, { ssh: path, platform: "" }).catch((caught: unknown) => caught);
    expect((error as Error).message).toContain("platform");
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("the names of the image", () => {
  test.each(["oci", "docker"] as const)(
    "are those of an output of type %s, unless it has one",
    async (type) => {
      const output = (attrs?: Record<string, string>) =>
        checkOutput({ type, dest: "image.tar", attrs }, ["app:1", "app:2"]);
      expect((await output())?.attrs).toEqual({ name: "app:1,app:2" });
      expect((await output({ name: "own:1" }))?.attrs).toEqual({ name: "own:1" });
      expect((await checkOutput({ type, dest: "image.tar" }, []))?.attrs).toEqual({});
    },
  );

  test("may be an attribute of what is pushed", async () => {
    const output = await checkOutput({ type: "image", push: true, attrs: { name: "r.example/a" } }, []);
    expect(output?.attrs).toEqual({ push: "true", name: "r.example/a" });
  });
});

test("a secret's file is read no further than a secret may reach", async () => {
  const readers = await secretReaders({ endless: { file: "/dev/zero" } }, {});
  await expect(readers.get("endless")?.()).rejects.toThrow(
    'the secret "endless" is longer than 512000 bytes, which BuildKit does not take',
  );
}, 5_000);

describe("a tar for BuildKit", () => {
  const read = async (tar: Uint8Array | AsyncIterable<Uint8Array>): Promise<Buffer> => {
    const checked = checkedTar(tar);
    return checked instanceof Uint8Array ? Buffer.from(checked) : bytesOf(checked);
  };
  const zstd = Buffer.concat([Buffer.of(0x28, 0xb5, 0x2f, 0xfd), Buffer.alloc(2000, 1)]);
  const pieces = (bytes: Buffer, size: number) =>
    Readable.from(
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      ),
    );

  test.each([
    { what: "no bytes", bytes: Buffer.alloc(0), says: "the tar is empty" },
    { what: "no entries", bytes: Buffer.alloc(1024), says: "the tar is empty" },
    { what: "zstd", bytes: zstd, says: "compressed with zstd" },
  ])("of $what is refused, whole and in pieces", async ({ bytes, says }) => {
    await expect(read(bytes)).rejects.toThrow(says);
    for (const size of [1, 100, 5000]) {
      const error = await read(pieces(bytes, size)).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ArgumentError);
      expect(String(error)).toContain(says);
    }
  });

  test("arrives as it is, however short", async () => {
    for (const length of [1, 511, 512, 5000]) {
      const bytes = Buffer.alloc(length, "tar");
      expect((await read(bytes)).equals(bytes)).toBe(true);
      for (const size of [1, 100, 5000]) expect((await read(pieces(bytes, size))).equals(bytes)).toBe(true);
    }
  });
});

test("the events of the classic builder are steps, output, status and warnings", async () => {
  const events: BuildEvent[] = [];
  const script = builds(
    { stream: "Step 1/2 : FROM a" },
    { stream: "\n" },
    { status: "Pulling from a", id: "1" },
    { status: "Downloading", id: "layer", progressDetail: { current: 1, total: 2 } },
    { status: "Pull complete", id: "layer", progressDetail: {} },
    { status: "Digest: sha256:1" },
    { stream: " ---> 1234\n" },
    { stream: "Step 2/2 : RUN make" },
    { stream: "\n" },
    { stream: " ---> Using cache\n" },
    { stream: " ---> 5678\n" },
    { aux: { ID: "sha256:12" } },
    { stream: "[Warning] One or more build-args [Y] were not consumed\n" },
    { stream: "Successfully built 5678\n" },
  );
  await withEngine(script, async ({ docker }) => {
    const result = await docker.build(tar, { builder: "classic", onProgress: (event) => events.push(event) });
    expect(result.warnings).toMatchObject([
      { text: "One or more build-args [Y] were not consumed", level: 1 },
    ]);
  });
  const told = events.map((event) => {
    const step = `${event.step?.number} ${event.step?.state}`;
    if (event.type === "log") return `${step}: ${event.text.trim()}`;
    if (event.type === "status")
      return `${step}: ${event.id} ${event.name} ${event.current}/${event.total} ${event.done}`;
    return event.type === "step" ? `${step} ${event.step.name}` : `${step} warning`;
  });
  expect(told).toEqual([
    "1 running [1/2] FROM a",
    "1 running: 1 Pulling from a 0/0 false",
    "1 running: layer Downloading 1/2 false",
    "1 running: layer Pull complete 0/0 true",
    "1 running: Digest: sha256:1",
    "1 running: ---> 1234",
    "1 done [1/2] FROM a",
    "2 running [2/2] RUN make",
    "2 cached [2/2] RUN make",
    "2 cached: ---> 5678",
    "2 cached warning",
    "2 cached: Successfully built 5678",
  ]);
});
