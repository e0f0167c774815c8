import { execFile, execFileSync } from "node:child_process";
import { createReadStream, existsSync } from "node:fs";
import { chmod, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { AbortedError, ArgumentError, isEngineError, StreamError, TimeoutError } from "../../../src/index.js";
import { describeStores, everyStore, rejection, uniqueName, useEngine } from "../engine.js";
import { leavesNoConnection } from "./open-sockets.js";

describeStores(everyStore, "images", (engine) => {
  const { atEnd, docker, imageName, path } = useEngine(engine);
  leavesNoConnection();

  const tagged = async (what: string): Promise<string> => {
    const name = imageName(what);
    const [repo, tag] = name.split(":") as [string, string];
    await docker.imageTag("busybox:local", { repo, tag });
    return name;
  };
  /** Files of a folder by name; a folder for each use. */
  async function contextOf(files: Record<string, string>): Promise<string> {
    const folder = path(uniqueName("context"));
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    return folder;
  }
  const isThere = async (image: string): Promise<boolean> => (await docker.imageInspect(image).result()).ok;

  test("saved and loaded again have their names, one and several, from a file, bytes and a stream", async () => {
    const [one, two] = [await tagged("one"), await tagged("two")];
    const bytes = await docker.save(one, path("one.tar"));
    expect((await stat(path("one.tar"))).size).toBe(bytes);
    await docker.save([one, two], path("both.tar"));
    for (const image of [one, two]) await docker.imageDelete(image);
    expect(await docker.load(path("one.tar"))).toEqual([one]);
    expect(await isThere(two)).toBe(false);
    expect((await docker.load(createReadStream(path("both.tar")))).sort()).toEqual([one, two].sort());
    const seen: unknown[] = [];
    const loaded = await docker.load(await readFile(path("one.tar")), {
      onProgress: (record) => seen.push(record),
    });
    expect(loaded).toEqual([one]);
    expect(seen.length).toBeGreaterThan(0);
  });

  test("what cannot be saved or loaded fails, and leaves no file", async () => {
    expect(isEngineError(await rejection(docker.save("sdk-test-nothing:1", path("none.tar"))), 404)).toBe(
      true,
    );
    expect(existsSync(path("none.tar"))).toBe(false);
    expect(await rejection(docker.load(path("nothing.tar")))).toBeInstanceOf(ArgumentError);
    const garbage = await rejection(docker.load(Buffer.alloc(4096, "garbage")));
    expect(garbage).toMatchObject({ name: expect.stringMatching(/^(Stream|Engine)Error$/) });
  });

  const DOCKERFILE = "FROM busybox:local\nARG WORD=none\nCOPY . /context/\nRUN echo $WORD >/word\n";

  test.each(["1", "2"])("are built from a folder, without what is ignored (builder %s)", async (version) => {
    const folder = await contextOf({
      "build/Dockerfile": DOCKERFILE,
      ".dockerignore": "*.log\nsecret\n!keep.log\nbuild\n.dockerignore\n",
      "a.txt": "a",
      "a.log": "no",
      "keep.log": "yes",
      "secret/x": "no",
      "deep/down/run.sh": "#!/bin/sh\n",
    });
    await chmod(join(folder, "deep/down/run.sh"), 0o751);
    await symlink("../a.txt", join(folder, "deep/link"));
    const name = imageName("built");
    let text = "";
    const id = await docker.build(folder, {
      t: name,
      dockerfile: "build/Dockerfile",
      buildargs: { WORD: "hello" },
      version,
      networkmode: "none",
      onProgress: ({ stream = "" }) => {
        text += stream;
      },
    });
    expect((await docker.imageInspect(name)).Id).toBe(id);
    if (version === "1") expect(text).toContain("Step 1/4");
    const list = ["sh", "-c", "cat /word; cd /context; busybox find . -exec busybox stat -c '%n %a %u' {} +"];
    const { stdout } = await docker.run(name, list, {
      remove: true,
      create: { HostConfig: { NetworkMode: "none" } },
    });
    const [word, ...files] = stdout.trim().split("\n");
    expect(word).toBe("hello");
    const names = files.map((line) => line.split(" ")[0]);
    expect(names).toEqual(
      expect.arrayContaining(["./a.txt", "./keep.log", "./deep/link", "./deep/down/run.sh"]),
    );
    for (const left of ["./a.log", "./secret", "./secret/x"]) expect(names).not.toContain(left);
    expect(files).toContain("./deep/down/run.sh 751 0");
  });

  if (engine.store === "overlay2") {
    test("leave out of a context what docker build leaves out", async () => {
      const files = [
        "a.txt",
        "a.log",
        "keep.log",
        "d/a.log",
        "d/b.txt",
        "d/e/a.log",
        "d/e/c.txt",
        "n/x/y",
        "[x]",
        "ü/a",
      ];
      const folder = await contextOf({
        Dockerfile: "FROM busybox:local\nCOPY . /context/\n",
        ...Object.fromEntries(files.map((name) => [name, name])),
      });
      const rules = [
        ...[
          "*.log",
          "**/*.log",
          "d",
          "d/",
          "/d",
          "d/*",
          "d/**",
          "*/e",
          "**/e",
          "n/x",
          "?.txt",
          "[ab].txt",
          "\\[x]",
          "ü",
        ],
        ...["*", "**", ".", "*\n!d/e", "d\n!d/e/c.txt", "**/*.log\n!keep.log", "*\n!d/**", "!a.log\n*.log"],
        ...["# d\n\n  d  ", "Dockerfile", ".dockerignore", "./d/../a.log", "d/e/../b.txt", "A.TXT"],
      ];
      const contents = async (image: string) => {
        const list = ["sh", "-c", "test -d /context && cd /context && busybox find . | sort"];
        const create = { HostConfig: { NetworkMode: "none" } };
        return (await docker.run(image, list, { remove: true, create })).stdout;
      };
      const differing: string[] = [];
      for (const rule of rules) {
        await writeFile(join(folder, ".dockerignore"), rule);
        const [theirs, ours] = [imageName("theirs"), imageName("ours")];
        const env = { ...process.env, DOCKER_HOST: engine.host, DOCKER_BUILDKIT: "0" };
        const built = await promisify(execFile)(
          "docker",
          ["build", "-q", "--no-cache", "-t", theirs, folder],
          { env },
        ).then(
          () => true,
          () => false,
        );
        const result = await docker.build(folder, { t: ours, nocache: true }).catch((error: Error) => error);
        if (built !== (typeof result === "string"))
          differing.push(`${rule}: docker build ${built}, ours ${result}`);
        if (!built || typeof result !== "string") continue;
        const [want, got] = [await contents(theirs), await contents(ours)];
        if (want !== got) differing.push(`${rule}:\n${want}\nours:\n${got}`);
      }
      expect(differing).toEqual([]);
    });
  }

  test.each(["1", "2"])(
    "are built from a folder behind a link, with odd names (builder %s)",
    async (version) => {
      const folder = await contextOf({
        "real/docker/Dockerfile(prod)": "FROM busybox:local\nCOPY . /context/\n",
        "real/.dockerignore": "docker\nid_rsa (1)\ndb+prod.env\n*.log\n",
        "real/id_rsa (1)": "secret",
        "real/db+prod.env": "secret",
        "real/a.log": "no",
        "real/k|bar.txt": "yes",
      });
      execFileSync("bash", ["-c", ": >$'caf\\xe9'"], { cwd: join(folder, "real") });
      if (version === "1") execFileSync("mkfifo", ["pipe"], { cwd: join(folder, "real") });
      await symlink("real", join(folder, "link"));
      const name = imageName("odd");
      const dockerfile = join(folder, "link/docker/Dockerfile(prod)");
      await docker.build(join(folder, "link"), { t: name, version, dockerfile });
      const list = [
        "sh",
        "-c",
        "cd /context && busybox find . | busybox sort | busybox od -An -c | busybox tr -d ' \\n'",
      ];
      const create = { HostConfig: { NetworkMode: "none" } };
      const { stdout } = await docker.run(name, list, { remove: true, create });
      expect(stdout).toMatch(/caf351\\n.*k\|bar\.txt\\n/);
      expect(stdout).not.toMatch(/rsa|prod\.env|a\.log/);
      if (version === "1") expect(stdout).toContain("pipe");
    },
  );

  test("are built from a tar, for a target, under several names", async () => {
    const folder = await contextOf({
      Dockerfile: "FROM busybox:local AS first\nENV A=1\nFROM first AS second\nENV A=2\n",
    });
    const names = [imageName("tar"), imageName("tar")];
    const tar = execFileSync("tar", ["-c", "-C", folder, "Dockerfile"]);
    const id = await docker.build(tar, { t: names, target: "first" });
    for (const name of names) {
      const image = await docker.imageInspect(name);
      expect(image.Id).toBe(id);
      expect(image.Config?.Env).toContain("A=1");
    }
  });

  test.each(["1", "2"])("whose build fails are a StreamError with the step (builder %s)", async (version) => {
    const folder = await contextOf({ Dockerfile: "FROM busybox:local\nRUN exit 3\n" });
    const error = await rejection(docker.build(folder, { version, networkmode: "none", forcerm: true }));
    expect(error).toBeInstanceOf(StreamError);
    expect((error as Error).message).toMatch(/ImageBuild failed: .*exit 3.*(code|code:) 3/);
    const wrong = await contextOf({ Dockerfile: "NOTHING\n" });
    const refused = await rejection(docker.build(wrong, { version }));
    expect(refused).toMatchObject({ name: expect.stringMatching(/^(Stream|Engine)Error$/) });
  });

  test("whose context cannot be read are refused before anything is sent", async () => {
    const folder = await contextOf({ other: "x" });
    for (const [context, dockerfile] of [
      [folder, undefined],
      [folder, "../Dockerfile"],
      [folder, "/etc/passwd"],
      [path("nothing"), undefined],
    ] as const) {
      const error = await rejection(docker.build(context, dockerfile === undefined ? {} : { dockerfile }));
      expect(error).toBeInstanceOf(ArgumentError);
    }
  });

  test("whose build is ended by a signal or a timeout leave no connection", async () => {
    const folder = await contextOf({ Dockerfile: "FROM busybox:local\nRUN sleep 30\n" });
    const abort = new AbortController();
    const options = { networkmode: "none", nocache: true, signal: abort.signal };
    const onProgress = ({ stream = "" }) => {
      if (stream.includes("Running in")) abort.abort();
    };
    expect(await rejection(docker.build(folder, { ...options, onProgress }))).toBeInstanceOf(AbortedError);
    const late = docker.build(folder, { networkmode: "none", nocache: true, timeout: 500 });
    expect(await rejection(late)).toBeInstanceOf(TimeoutError);
    atEnd(() => docker.containerPrune());
  });

  test("are not pushed to a registry that is not there, nor pulled from it", async () => {
    const name = "127.0.0.1:9/sdk-test:1";
    await docker.imageTag("busybox:local", { repo: "127.0.0.1:9/sdk-test", tag: "1" });
    atEnd(() => docker.imageDelete(name));
    expect(await rejection(docker.push(name))).toMatchObject({ message: expect.stringContaining("refused") });
    expect(await rejection(docker.pull(name))).toMatchObject({ message: expect.stringContaining("refused") });
    const missing = await rejection(docker.push("127.0.0.1:9/sdk-test:2"));
    expect(missing).toMatchObject({ name: expect.stringMatching(/^(Stream|Engine)Error$/) });
    expect(await rejection(docker.push(`busybox@sha256:${"0".repeat(64)}`))).toBeInstanceOf(ArgumentError);
  });
});
