import { readFile, writeFile } from "node:fs/promises";
import { BuildError, HealthError, StreamError, UnsupportedError } from "../../../src/index.js";
import { dockerfile, inRegistry, LOGIN } from "./images.js";
import { must, type Trials } from "./subject.js";

const healthy = { Test: ["CMD", "true"], Interval: 1e9 };

export const workflows: Trials = {
  async run(subject) {
    const create = { HostConfig: { NetworkMode: "none" }, Labels: subject.labels };
    const options = { create, remove: true, timeout: 30_000 };
    for (let round = 0; round < 5; round += 1) {
      const { exitCode, stderr, stdout } = await subject.docker.run(
        "busybox:local",
        ["sh", "-c", "echo out; echo err >&2; exit 3"],
        options,
      );
      must(exitCode === 3 && stdout === "out\n" && stderr === "err\n", "exit code or output is another");
    }
    const sorted = await subject.docker.run("busybox:local", ["sort"], { ...options, stdin: "b\na\n" });
    must(sorted.stdout === "a\nb\n", "stdin is lost");
    const terminal = await subject.docker.run("busybox:local", ["sh", "-c", "test -t 1 && echo tty"], {
      ...options,
      tty: true,
    });
    must(terminal.stdout === "tty\r\n", "there is no terminal");
    const left = await subject.docker.containerList({ all: true, filters: { label: [subject.label] } });
    const missing = await subject.docker.run("busybox:local", ["nosuch"], options).then(
      () => undefined,
      (error) => error,
    );
    must(missing, "a missing program does not fail");
    return [
      left.some(({ State }) => State === "removing") && "the container may be listed a while longer",
      missing.status !== 400 && `a missing program is ${missing.status ?? missing.name}`,
    ];
  },
  async exec(subject) {
    const id = await subject.running();
    const { exitCode, stderr, stdout } = await subject.docker.exec(
      id,
      ["sh", "-c", "sort; echo err >&2; exit 4"],
      { stdin: "b\na\n" },
    );
    must(exitCode === 4 && stdout === "a\nb\n" && stderr === "err\n", "exit code or output is another");
    const terminal = await subject.docker.exec(id, ["sh", "-c", "test -t 1 && echo tty"], { tty: true });
    must(terminal.stdout === "tty\r\n", "there is no terminal");
    const missing = await subject.docker.exec(id, ["nosuch"]);
    must(
      missing.exitCode === 127 || missing.exitCode === 126,
      `a missing program exits with ${missing.exitCode}`,
    );
  },
  async pull(subject) {
    const repo = await inRegistry(subject, "pull");
    await subject.docker.push(`${repo}:1`, { auth: LOGIN });
    await subject.docker.imageDelete(`${repo}:1`);
    await subject.docker.pull(`${repo}:1`, { auth: LOGIN });
    must((await subject.docker.imageInspect(`${repo}:1`).result()).ok, "it is not there");
    const failed = await subject.docker.pull(`${repo}:none`, { auth: LOGIN }).then(
      () => undefined,
      (error: Error) => error,
    );
    must(failed, "a missing tag does not fail");
    return [failed instanceof StreamError && "a missing tag is a StreamError"];
  },
  async push(subject) {
    const repo = await inRegistry(subject, "push");
    const { digest } = await subject.docker.push(`${repo}:1`, { auth: LOGIN });
    const failed = await subject.docker.push(`${repo}:1`).then(
      () => undefined,
      (error: Error) => error,
    );
    must(failed, "a push without a login does not fail");
    return [
      digest === undefined && "the digest is not reported",
      !(failed instanceof StreamError) && "a refused login is an EngineError",
    ];
  },
  async save(subject) {
    const other = `${await inRegistry(subject, "save")}:1`;
    const one = await subject.docker.save("busybox:local", await subject.path("one.tar"));
    const two = await subject.docker.save(["busybox:local", other], await subject.path("two.tar"));
    must(one > 0 && two > 0, "the file is empty");
  },
  async load(subject) {
    const [path, other] = [await subject.path("load.tar"), `${await inRegistry(subject, "load")}:1`];
    await subject.docker.save(["busybox:local", other], path);
    const loaded = await subject.docker.load(path);
    const names = loaded.map(({ name }) => name ?? "");
    const { Id } = await subject.docker.imageInspect("busybox:local");
    must(
      loaded.every(({ id }) => id === Id),
      "the IDs are others",
    );
    must(names.length === 2 && names.includes(other), `the names are ${names.join(", ")}`);
    return [
      !names.includes("busybox:local") && "names are complete, such as docker.io/library/busybox:local",
    ];
  },
  async build(subject) {
    const name = subject.imageName("build");
    const { id } = await subject.docker.build(
      await dockerfile("ARG A\nFROM busybox:local\nARG A\nRUN echo $A >/a\n"),
      { tags: name, buildArgs: { A: "b" } },
    );
    must((await subject.docker.imageInspect(name)).Id === id, "the ID is another");
    const failed = await subject.docker.build(await dockerfile("FROM busybox:local\nRUN exit 7\n")).then(
      () => undefined,
      (error) => error,
    );
    must(
      failed instanceof BuildError && failed.exitCode === 7,
      "a step that fails does not throw a BuildError",
    );
    const secret = "RUN --mount=type=secret,id=s cat /run/secrets/s\n";
    const withSecret = await subject.docker
      .build(await dockerfile(`FROM busybox:local\n${secret}`), { secrets: { s: "x" }, noCache: true })
      .then(
        () => true,
        (error) => {
          must(error instanceof UnsupportedError, `a build with a secret fails otherwise: ${error}`);
          return false;
        },
      );
    return [!withSecret && "secrets and all else that needs BuildKit are an UnsupportedError"];
  },
  async copyIn(subject) {
    const [id, path] = [await subject.running(), await subject.path("in.txt")];
    await writeFile(path, "content");
    await subject.docker.copyIn(id, path, "/tmp");
    must((await subject.docker.exec(id, ["cat", "/tmp/in.txt"])).stdout === "content", "the file is another");
  },
  async copyOut(subject) {
    const [id, path] = [
      await subject.exited(["sh", "-c", "echo content >/out.txt"]),
      await subject.path("out.txt"),
    ];
    await subject.docker.copyOut(id, "/out.txt", path);
    must((await readFile(path, "utf8")) === "content\n", "the file is another");
  },
  async events(subject) {
    const seen: string[] = [];
    const ending = new AbortController();
    const filters = { type: ["container"], label: [subject.label] };
    const connected = new Promise<void>((onConnected) => {
      const reading = async (): Promise<void> => {
        for await (const { Action } of subject.docker.events({ filters, signal: ending.signal, onConnected }))
          seen.push(Action ?? "");
      };
      reading().catch(() => undefined);
    });
    await connected;
    const since = new Date();
    await subject.exited();
    for (let wait = 0; wait < 50 && !seen.includes("die"); wait += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    ending.abort();
    must(seen.includes("start") && seen.includes("die"), "they do not arrive as they happen");
    const again: string[] = [];
    for await (const { Action } of subject.docker.events({
      filters,
      since,
      until: new Date(Date.now() + 1000),
    }))
      again.push(Action ?? "");
    must(again.includes("start") && again.includes("die"), "they are not remembered");
  },
  async waitUntilHealthy(subject) {
    const { docker } = subject;
    const failureOf = (wait: Promise<void>): Promise<string | undefined> =>
      wait.then(
        () => "none",
        (error) => (error instanceof HealthError ? error.failure : error.message),
      );
    must(
      (await failureOf(docker.waitUntilHealthy(await subject.running()))) === "unchecked",
      "a container without a check does not throw a HealthError",
    );
    const failing = { Test: ["CMD", "false"], Interval: 60e9, StartPeriod: 60e9 };
    const dying = await subject.running(["sleep", "600"], { Healthcheck: failing });
    const death = failureOf(docker.waitUntilHealthy(dying, { timeout: 20_000 }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await docker.containerKill(dying);
    must((await death) === "exited", `a container that exits is ${await death}`);
    const gone = await subject.container(["true"], { Healthcheck: failing });
    const removal = failureOf(docker.waitUntilHealthy(gone, { timeout: 20_000 }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await docker.containerDelete(gone);
    must((await removal) === "removed", `a container that is removed is ${await removal}`);
    const health = await failureOf(
      docker.waitUntilHealthy(await subject.running(["sleep", "600"], { Healthcheck: healthy }), {
        timeout: 5000,
      }),
    );
    return [health !== "none" && "health checks do not run without systemd"];
  },
};
