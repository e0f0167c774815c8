import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  AbortedError,
  ArgumentError,
  BuildError,
  type BuildEvent,
  type BuildOptions,
  TimeoutError,
} from "../../../src/index.js";
import { describeStores, everyStore, rejection, uniqueName, useEngine } from "../engine.js";
import { rawRequest } from "../raw.js";
import { leavesNoConnection } from "./open-sockets.js";

const OFFLINE = { HostConfig: { NetworkMode: "none" } };
const BUILDERS = ["buildkit", "classic"] as const;

describeStores(everyStore, "images that are built", (engine) => {
  const { atEnd, docker, imageName, path } = useEngine(engine);
  leavesNoConnection();
  // Not by the SDK, whose answers are judged: the Engine answers 404 while it removes the container of an aborted build.
  atEnd(() => rawRequest(engine.host, "POST", "/containers/prune"));

  /** Files of a folder by name; a folder for each use. */
  async function contextOf(files: Record<string, string>): Promise<string> {
    const folder = path(uniqueName("context"));
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    return folder;
  }
  const outputOf = async (image: string, ...cmd: string[]): Promise<string> =>
    (await docker.run(image, cmd, { remove: true, create: OFFLINE })).stdout;

  describe.each(BUILDERS)("with %s", (builder) => {
    const options = { builder, network: "none" } satisfies BuildOptions;

    test("come from a folder, without what is ignored", async () => {
      const folder = await contextOf({
        "build/Dockerfile": "FROM busybox:local\nARG WORD=none\nCOPY . /context/\nRUN echo $WORD >/word\n",
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
      const events: BuildEvent[] = [];
      const { id, warnings } = await docker.build(folder, {
        ...options,
        tags: name,
        dockerfile: "build/Dockerfile",
        buildArgs: { WORD: "hello" },
        labels: { "sdk.test": builder },
        onProgress: (event) => events.push(event),
      });
      expect(warnings).toEqual([]);
      const image = await docker.imageInspect(name);
      expect(image.Id).toBe(id);
      expect(image.Config?.Labels).toEqual({ "sdk.test": builder });
      const steps = events.flatMap((event) => (event.type === "step" ? [event.step] : []));
      const run = steps.filter(({ name: step }) => /\[\d\/\d\] RUN echo (hello|\$WORD)/.test(step)).at(-1);
      expect(run).toMatchObject({ state: "done", started: expect.any(Date), completed: expect.any(Date) });
      const list = "cat /word; cd /context; busybox find . -exec busybox stat -c '%n %a %u' {} +";
      const [word, ...files] = (await outputOf(name, "sh", "-c", list)).trim().split("\n");
      expect(word).toBe("hello");
      const names = files.map((line) => line.split(" ")[0]);
      expect(names).toEqual(
        expect.arrayContaining(["./a.txt", "./keep.log", "./deep/link", "./deep/down/run.sh"]),
      );
      for (const left of ["./a.log", "./secret", "./secret/x"]) expect(names).not.toContain(left);
      expect(files).toContain("./deep/down/run.sh 751 0");
    });

    test("come from a folder behind a link, with odd names", async () => {
      const folder = await contextOf({
        "real/docker/Dockerfile(prod)": "FROM busybox:local\nCOPY . /context/\n",
        "real/.dockerignore": "docker\nid_rsa (1)\ndb+prod.env\n*.log\n",
        "real/id_rsa (1)": "secret",
        "real/db+prod.env": "secret",
        "real/a.log": "no",
        "real/k|bar.txt": "yes",
        "real/ü, %41☺": "yes",
      });
      // Of a name that is not UTF-8, BuildKit cannot be told; a pipe it would wait for.
      if (builder === "classic") {
        execFileSync("bash", ["-c", ": >$'caf\\xe9'; mkfifo pipe"], { cwd: join(folder, "real") });
      }
      await symlink("real", join(folder, "link"));
      const name = imageName("odd");
      const dockerfile = join(folder, "link/docker/Dockerfile(prod)");
      await docker.build(join(folder, "link"), { ...options, tags: name, dockerfile });
      const list =
        "cd /context && busybox find . -type f | busybox sort | busybox od -An -c | busybox tr -d ' \\n'";
      const stdout = await outputOf(name, "sh", "-c", list);
      expect(stdout).toMatch(/k\|bar\.txt\\n/);
      expect(stdout).toContain(",%41");
      expect(stdout).not.toMatch(/rsa|prod\.env|a\.log/);
      if (builder === "classic") expect(stdout).toContain("caf351");
    });

    test("come by a Dockerfile that is text, or lies elsewhere", async () => {
      const folder = await contextOf({
        "context/a": "a",
        "context/Dockerfile": "FROM nothing\n",
        "elsewhere/Dockerfile": "FROM busybox:local\nCOPY . /elsewhere/\n",
      });
      const context = join(folder, "context");
      const [byText, byPath] = [imageName("text"), imageName("path")];
      const text = "FROM busybox:local\nCOPY . /text/\n";
      await docker.build(context, { ...options, tags: byText, dockerfile: { text } });
      await docker.build(context, { ...options, tags: byPath, dockerfile: "../elsewhere/Dockerfile" });
      expect(await outputOf(byText, "ls", "-A", "/text")).toBe("Dockerfile\na\n");
      expect(await outputOf(byPath, "ls", "-A", "/elsewhere")).toBe("Dockerfile\na\n");
    });

    test("come from a tar, for a target, under several names", async () => {
      const folder = await contextOf({
        Dockerfile: "FROM busybox:local AS first\nENV A=1\nFROM first AS second\nENV A=2\n",
      });
      const names = [imageName("tar"), imageName("tar")];
      const tar = execFileSync("tar", ["-c", "-C", folder, "Dockerfile"]);
      const { id } = await docker.build(tar, { ...options, tags: names, target: "first" });
      for (const name of names) {
        const image = await docker.imageInspect(name);
        expect(image.Id).toBe(id);
        expect(image.Config?.Env).toContain("A=1");
      }
    });

    test("have what extra hosts, limits, and the cache of another image give", async () => {
      const folder = await contextOf({
        Dockerfile: "FROM busybox:local\nRUN busybox cat /etc/hosts >/hosts; ulimit -n >/limit\n",
      });
      const name = imageName("extras");
      await docker.build(folder, {
        builder,
        tags: name,
        addHosts: ["one.test:10.0.0.1", "two.test=10.0.0.2"],
        ulimits: [{ Name: "nofile", Soft: 123, Hard: 456 }],
        cacheFrom: ["busybox:local"],
        noCache: true,
        // A network of its own is what /etc/hosts belongs to.
        network: "host",
      });
      const [hosts = "", limit] = (await outputOf(name, "sh", "-c", "cat /hosts; echo =; cat /limit")).split(
        "=\n",
      );
      expect(hosts).toMatch(/10\.0\.0\.1\s+one\.test/);
      expect(hosts).toMatch(/10\.0\.0\.2\s+two\.test/);
      expect(limit).toBe("123\n");
    });

    test("or fail with a BuildError that has the step, its exit code and its output", async () => {
      const folder = await contextOf({
        Dockerfile: "FROM busybox:local\nRUN echo working; echo wrong >&2; exit 3\n",
      });
      const error = (await rejection(docker.build(folder, { ...options, noCache: true }))) as BuildError;
      expect(error).toBeInstanceOf(BuildError);
      expect(error.step).toContain("[2/2] RUN echo working");
      expect(error.exitCode).toBe(3);
      expect(error.output).toContain("working\n");
      expect(error.output).toContain("wrong\n");
      expect(error.message).toMatch(/^build failed at \[.*2\/2\] RUN .*: .*code: 3/);
      const wrong = await contextOf({ Dockerfile: "NOTHING\n" });
      expect(await rejection(docker.build(wrong, options))).toMatchObject({
        name: builder === "classic" ? "EngineError" : "BuildError",
        message: expect.stringMatching(/unknown instruction: NOTHING/i),
      });
      const missing = await contextOf({ Dockerfile: "FROM busybox:local\nCOPY missing /\n" });
      const copy = (await rejection(docker.build(missing, options))) as BuildError;
      expect(copy).toMatchObject({ name: "BuildError", step: expect.stringContaining("COPY missing /") });
      expect(copy.exitCode).toBeUndefined();
    });

    test("end with a signal, a timeout, and a callback that throws", async () => {
      const folder = await contextOf({ Dockerfile: "FROM busybox:local\nRUN echo begun; sleep 30\n" });
      const abort = new AbortController();
      const begun = (event: BuildEvent): boolean => event.type === "log" && event.text.includes("begun");
      const ending = (end: () => void) => ({
        ...options,
        noCache: true,
        onProgress: (event: BuildEvent) => begun(event) && end(),
      });
      const failure = new Error("mine");
      const fail = (): never => {
        throw failure;
      };
      const errors = await Promise.all([
        rejection(docker.build(folder, { ...ending(() => abort.abort()), signal: abort.signal })),
        rejection(docker.build(folder, { ...options, noCache: true, timeout: 500 })),
        rejection(docker.build(folder, ending(fail))),
      ]);
      expect(errors).toEqual([expect.any(AbortedError), expect.any(TimeoutError), failure]);
    });
  });

  test("from a context that cannot be read are refused before anything is sent", async () => {
    const folder = await contextOf({ other: "x" });
    for (const [context, dockerfile] of [
      [folder, undefined],
      [folder, "../Dockerfile"],
      [folder, "/no/Dockerfile"],
      [path("nothing"), undefined],
    ] as const) {
      expect(await rejection(docker.build(context, { dockerfile }))).toBeInstanceOf(ArgumentError);
    }
  });
});
