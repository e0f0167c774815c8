import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import {
  AbortedError,
  BuildError,
  type BuildEvent,
  type BuildOptions,
  type BuildResult,
  Docker,
  StreamError,
} from "../../../src/index.js";
import { bytesOf } from "../../helpers/streams.js";
import { type Engine, engines, fromEnvironment, rejection, uniqueName, until, useEngine } from "../engine.js";
import { needRegistry, programFiles, type Registry, startRegistry } from "../registry.js";
import { watchEngine } from "../watched-engine.js";
import { leavesNoConnection } from "./open-sockets.js";
import { restartable } from "./restartable-engine.js";

/** What only BuildKit does, on each Engine that has it. */

const older = (variable: string, name: string): { name: string; engine: Engine }[] => {
  const host = fromEnvironment(variable, `the builds on ${name}`);
  return host ? [{ name, engine: { host, store: "overlay2" } }] : [];
};
const all = [
  ...engines.map((engine) => ({ name: `this run's Engine (${engine.store})`, engine })),
  ...older("DOCKER_HOST_26", "Engine 26.1"),
  ...older("DOCKER_HOST_20", "Engine 20.10"),
];

const FROM = "FROM busybox:local\n";
const sorted = (names: readonly string[]): string[] => [...names].sort();

describe.each(all)("BuildKit on $name", ({ engine }) => {
  /** On one Engine as many as people have; the way is the same on all. */
  const FILES = engine.store === "containerd" ? 3000 : 200;
  const bench = useEngine(engine);
  const { docker, imageName, path } = bench;
  leavesNoConnection();

  async function contextOf(files: Record<string, string | Buffer>): Promise<string> {
    const folder = path(uniqueName("context"));
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content, { mode: 0o755 });
    }
    return folder;
  }
  /** Builds, and gives what the steps wrote. */
  async function logOf(
    context: string,
    options: BuildOptions = {},
    client = docker,
  ): Promise<BuildResult & { log: string }> {
    let log = "";
    const onProgress = (event: BuildEvent): void => {
      if (event.type === "log") log += event.text;
    };
    const result = await client.build(context, { network: "none", noCache: true, ...options, onProgress });
    return { ...result, log };
  }
  const context = (dockerfile: string) => contextOf({ Dockerfile: FROM + dockerfile });

  test("a step reads its secrets, which do not stay in the image", async () => {
    const ids = ["text", "bytes", "file", "env", "fetched"];
    const mounts = ids.map((id) => `--mount=type=secret,id=${id},required=true`).join(" ");
    const folder = await context(
      `RUN ${mounts} cd /run/secrets; for s in ${ids.join(" ")}; do echo "$s=$(cat $s)"; done\n`,
    );
    await writeFile(path("secret"), "from a file");
    process.env.SDK_TEST_SECRET = "from the environment";
    const tags = imageName("secret");
    const { log } = await logOf(folder, {
      tags,
      secrets: {
        text: "as text",
        bytes: Buffer.from("as bytes"),
        file: { file: path("secret") },
        env: { env: "SDK_TEST_SECRET" },
        fetched: async () => "by a function",
      },
    });
    delete process.env.SDK_TEST_SECRET;
    expect(log).toContain(
      "text=as text\nbytes=as bytes\nfile=from a file\nenv=from the environment\nfetched=by a function\n",
    );
    const image = JSON.stringify([await docker.imageInspect(tags), await docker.imageHistory(tags)]);
    expect(image).not.toContain("as text");
    await docker.save(tags, path("secret.tar"));
    expect((await readFile(path("secret.tar"))).includes("from a file")).toBe(false);
  });

  test("a secret that is missing fails a step that requires it, and one that fails is the error", async () => {
    const needs = (id: string, required: boolean) =>
      context(
        `RUN --mount=type=secret,id=${id},required=${required} cat /run/secrets/* 2>/dev/null; echo went on\n`,
      );
    const error = (await rejection(logOf(await needs("a", true)))) as BuildError;
    expect(error).toBeInstanceOf(BuildError);
    expect(error.message).toMatch(/secret a/);
    expect((await logOf(await needs("b", false))).log).toContain("went on");
    const failure = new Error("the vault is shut");
    const fail = () => Promise.reject(failure);
    expect(await rejection(logOf(await needs("c", true), { secrets: { c: fail } }))).toBe(failure);
  });

  describe("with an ssh agent", () => {
    let agent: ChildProcess;
    const socket = (): string => path("agent.sock");
    beforeAll(async () => {
      agent = spawn("ssh-agent", ["-D", "-a", socket()], { stdio: "ignore" });
      await until("the agent listens", () => existsSync(socket()));
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test-key", "-f", path("key")]);
      execFileSync("ssh-add", ["-q", path("key")], { env: { ...process.env, SSH_AUTH_SOCK: socket() } });
    });
    afterAll(() => agent.kill());

    test("a step lists its keys, and cannot delete them", async () => {
      const add = execFileSync("sh", ["-c", "command -v ssh-add"], { encoding: "utf8" }).trim();
      const folder = await contextOf({
        Dockerfile: `${FROM}COPY root /\nRUN --mount=type=ssh,id=work,required=true ${add} -l; ${add} -D 2>/dev/null || echo refused; ${add} -l | wc -l\n`,
        ...programFiles(add, "root/"),
      });
      const { log } = await logOf(folder, { ssh: { work: socket() } });
      expect(log).toMatch(/256 SHA256:\S+ test-key \(ED25519\)/);
      expect(log).toContain("refused\n1\n");
      const error = await rejection(logOf(folder, { ssh: socket() }));
      expect(error).toBeInstanceOf(BuildError);
    });
  });

  test(`of a folder of ${FILES} files, a second build sends nothing and a third what changed`, async () => {
    const files = Object.fromEntries(
      Array.from({ length: FILES }, (_, i) => [`files/${i % 30}/${i}`, Buffer.alloc(2000, `${i} `)]),
    );
    const folder = await contextOf({ Dockerfile: `${FROM}COPY files /files\n`, ...files });
    await using watched = await watchEngine(engine);
    await using client = new Docker({ host: watched.host });
    const tags = imageName("files");
    const build = async (): Promise<number> => {
      const before = watched.sent();
      await client.build(folder, { tags });
      return watched.sent() - before;
    };
    const [first, second] = [await build(), await build()];
    const changed = join(folder, "files/0/0");
    await writeFile(changed, Buffer.alloc(300_000, "changed "));
    const third = await build();
    // Each build says the names and times of all files: less than 100 bytes for each of them.
    expect(first).toBeGreaterThan(2000 * FILES);
    expect(second).toBeLessThan(100 * FILES + 10_000);
    expect(third - second).toBeGreaterThan(300_000);
    expect(third - second).toBeLessThan(320_000);
  });

  test("two folders whose files look the same are not taken for each other", async () => {
    const time = new Date(1_700_000_000_000);
    const words = await Promise.all(
      ["AAAA", "BBBB"].map(async (word) => {
        const folder = join(path(uniqueName("same")), "context");
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, "Dockerfile"), `${FROM}COPY word /word\nRUN cat /word\n`);
        await writeFile(join(folder, "word"), word);
        for (const name of ["Dockerfile", "word"]) await utimes(join(folder, name), time, time);
        return folder;
      }),
    ).then(async ([a = "", b = ""]) => [(await logOf(a)).log, (await logOf(b)).log]);
    expect(words).toEqual(["AAAA", "BBBB"]);
  });

  test("the files of a stage go into a folder, a tar file and a stream", async () => {
    const dockerfile = `${FROM}RUN mkdir -p /out/d; echo hello >/out/d/f; ln -s d/f /out/link; chmod 751 /out/d/f\nFROM scratch\nCOPY --from=0 /out /\n`;
    const folder = await contextOf({ Dockerfile: dockerfile });
    const stream = new PassThrough();
    const arriving = bytesOf(stream);
    const results = await Promise.all([
      docker.build(folder, { outputs: { type: "local", dest: path("files") } }),
      docker.build(folder, { outputs: { type: "tar", dest: path("files.tar") } }),
      docker.build(folder, { outputs: { type: "tar", dest: stream } }),
    ]);
    expect(results.map(({ id }) => id)).toEqual([undefined, undefined, undefined]);
    expect(sorted(await readdir(path("files")))).toEqual(["d", "link"]);
    expect(await readFile(path("files/link"), "utf8")).toBe("hello\n");
    expect((await stat(path("files/d/f"))).mode & 0o777).toBe(0o751);
    for (const tar of [await readFile(path("files.tar")), await arriving]) {
      expect(String(execFileSync("tar", ["-xO", "d/f"], { input: tar }))).toBe("hello\n");
    }
    const error = await rejection(
      docker.build(folder, { outputs: { type: "local", dest: path("files/d/f/no") } }),
    );
    expect((error as Error).message).toMatch(/ENOTDIR/);
  });

  if (engine.store === "containerd") {
    test("an image goes into a tar in the form of OCI and of docker save", async () => {
      const folder = await context("LABEL a=b\n");
      for (const type of ["oci", "docker"] as const) {
        await docker.build(folder, { tags: "sdk-test/tar:1", outputs: { type, dest: path(`${type}.tar`) } });
        const names = String(execFileSync("tar", ["-tf", path(`${type}.tar`)]));
        expect(names).toContain(type === "oci" ? "oci-layout\n" : "manifest.json\n");
        // The name is in the tar too.
        expect((await docker.load(path(`${type}.tar`))).map(({ name }) => name)).toEqual(["sdk-test/tar:1"]);
        await docker.imageDelete("sdk-test/tar:1");
      }
    });
  }

  needRegistry("private images and caches", (binary) => {
    let registry: Registry;
    beforeAll(async () => {
      registry = await startRegistry(bench, binary);
      const repo = `${registry.address}/private`;
      await docker.imageTag("busybox:local", { repo, tag: "1" });
      await docker.push(`${repo}:1`, { auth: registry.login });
      await docker.imageDelete(`${repo}:1`);
    });

    test("a base image comes with its registry's login, and with no other", async () => {
      const { address, login } = registry;
      const folder = await contextOf({ Dockerfile: `FROM ${address}/private:1\nRUN echo pulled\n` });
      const build = (logins: BuildOptions["logins"]) => logOf(folder, { logins, pull: true });
      const wrong = { ...login, password: "planted-wrong" };
      const refused = await Promise.all([
        rejection(build({ [address]: wrong })),
        rejection(build(false)),
        rejection(build({ "other.example": login })),
      ]);
      for (const error of refused) {
        expect(error).toBeInstanceOf(BuildError);
        expect(String(error)).toMatch(/401|unauthorized|authorization|access denied|no basic auth/i);
        expect(JSON.stringify(error) + String(error)).not.toMatch(/planted-wrong|s3cret/);
      }
      expect((await build({ [`http://${address}/v1/`]: login })).log).toContain("pulled");
      await using client = new Docker({
        host: engine.host,
        credentials: (host) => (host === address ? login : undefined),
      });
      expect((await logOf(folder, { pull: true }, client)).log).toContain("pulled");
    });

    test("a cache comes from the registry after everything here was pruned", async () => {
      const { address, login } = registry;
      const tags = `${address}/cached:1`;
      const folder = await context("RUN cat /proc/sys/kernel/random/uuid >/uuid\n");
      const logins = { [address]: login };
      const build = (options: BuildOptions): Promise<BuildResult> =>
        docker.build(folder, { tags, logins, inlineCache: true, ...options });
      const uuid = async (): Promise<string> =>
        (
          await docker.run(tags, ["cat", "/uuid"], {
            remove: true,
            create: { HostConfig: { NetworkMode: "none" } },
          })
        ).stdout;
      if (engine.store === "containerd") await build({ outputs: { type: "image", push: true } });
      else {
        await build({});
        await docker.push(tags, { auth: login });
      }
      const first = await uuid();
      await docker.imageDelete(tags, { force: true });
      await docker.buildPrune({ all: true });
      await build({ cacheFrom: [tags] });
      expect(await uuid()).toBe(first);
      await docker.imageDelete(tags, { force: true });
      await docker.buildPrune({ all: true });
      await build({ noCache: true });
      expect(await uuid()).not.toBe(first);
      await docker.imageDelete(tags, { force: true });
    });
  });

  test("an abort ends the command of a step, and the sending of a file", async () => {
    const seconds = String(100_000 + Math.floor(Math.random() * 899_999));
    const folder = await context(`RUN echo begun; sleep ${seconds}\n`);
    const isRunning = async (): Promise<boolean> => {
      const create = { HostConfig: { NetworkMode: "none", PidMode: "host" } };
      const { stdout } = await docker.run("busybox:local", ["ps"], { remove: true, create });
      return new RegExp(`\\bsleep ${seconds}$`, "m").test(stdout);
    };
    const running = new AbortController();
    const begun = new Promise<void>((resolve) => {
      const onProgress = (event: BuildEvent): void => {
        if (event.type === "log" && event.text.includes("begun")) resolve();
      };
      void rejection(
        docker.build(folder, { network: "none", noCache: true, signal: running.signal, onProgress }),
      ).then((error) => aborted.push(error));
    });
    const aborted: unknown[] = [];
    await begun;
    expect(await isRunning()).toBe(true);
    running.abort();
    await until("the command has ended", async () => aborted.length > 0 && !(await isRunning()));
    expect(aborted).toEqual([expect.any(AbortedError)]);

    const big = await contextOf({ Dockerfile: `${FROM}COPY big /\n`, big: Buffer.alloc(64 << 20, 1) });
    const sending = new AbortController();
    await using watched = await watchEngine(engine);
    await using client = new Docker({ host: watched.host });
    const build = rejection(client.build(big, { signal: sending.signal }));
    await until("a part is sent", () => watched.sent() > 4 << 20);
    sending.abort();
    expect(await build).toBeInstanceOf(AbortedError);
    expect(watched.sent()).toBeLessThan(64 << 20);
  });

  test("sixteen builds run at once, and each gets its own files and secret", async () => {
    const numbers = Array.from({ length: 16 }, (_, i) => i);
    const builds = numbers.map(async (number) => {
      const folder = await contextOf({
        Dockerfile: `${FROM}COPY own /own\nRUN --mount=type=secret,id=s echo "$(cat /own) $(cat /run/secrets/s)"\n`,
        own: `own ${number}`,
      });
      return (await logOf(folder, { secrets: { s: `secret ${number}` } })).log;
    });
    expect(await Promise.all(builds)).toEqual(numbers.map((number) => `own ${number} secret ${number}\n`));
  });

  test("warnings tell the place in the Dockerfile", async () => {
    const folder = await contextOf({ Dockerfile: "from busybox:local\nMAINTAINER me\n" });
    const { warnings } = await docker.build(folder, { noCache: true });
    // Engine 20.10 and 26.1 check nothing.
    if (warnings.length > 0) {
      expect(warnings[0]).toMatchObject({
        text: expect.stringMatching(/MAINTAINER|Maintainer/),
        file: "Dockerfile",
      });
      expect(warnings[0]?.lines).toEqual([[2, 2]]);
    }
    if (engine.store === "containerd") expect(warnings.length).toBeGreaterThan(0);
  });
});

describe("a build", () => {
  const { docker, path } = useEngine(engines[0] as Engine);
  leavesNoConnection();

  // The Engine checks a session every 5 seconds, and drops one that does not answer.
  test("of a step that says nothing for 12 seconds goes on, and still gets its secrets", async () => {
    await mkdir(path("quiet"));
    const dockerfile = `${FROM}RUN sleep 12\nRUN --mount=type=secret,id=s,required=true cat /run/secrets/s\n`;
    await writeFile(path("quiet/Dockerfile"), dockerfile);
    let log = "";
    const onProgress = (event: BuildEvent): void => {
      if (event.type === "log") log += event.text;
    };
    await docker.build(path("quiet"), { noCache: true, onProgress, secrets: { s: "awake" } });
    expect(log).toBe("awake");
  });

  // Not test.each, which refuses an empty list.
  for (const { host, start, stop } of restartable)
    test("whose Engine stops is an error at once", async () => {
      await mkdir(path("stopped"));
      await writeFile(path("stopped/Dockerfile"), `${FROM}RUN echo begun; sleep 300\n`);
      await using client = new Docker({ host });
      let stopping: Promise<void> | undefined;
      const onProgress = (event: BuildEvent): void => {
        if (event.type === "log" && event.text.includes("begun")) stopping ??= stop();
      };
      const error = await rejection(
        client.build(path("stopped"), { noCache: true, builder: "buildkit", onProgress }),
      );
      await stopping;
      await start();
      expect(error).toBeInstanceOf(StreamError);
      expect(await client.systemPing()).toBe("OK");
    });
});
