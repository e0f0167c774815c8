import { Docker, EngineError, UnsupportedError } from "../../src/index.js";
import { bigImage } from "./big-image.js";
import { type Engine, engines, failureOf, fromEnvironment, rejection, useEngine } from "./engine.js";
import { readTar } from "./tar.js";

/** An Engine and the newest API version that it and the SDK have in common. */
interface Aged extends Engine {
  readonly name: string;
  readonly version: string;
}

function older(variable: string, name: string, version: string): Aged[] {
  const host = fromEnvironment(variable, `the tests on ${name}`);
  return host ? [{ name, version, host, store: "overlay2" }] : [];
}

const aged: readonly Aged[] = [
  ...engines.map((engine) => ({ ...engine, name: `this run's Engine (${engine.store})`, version: "1.48" })),
  ...older("DOCKER_HOST_26", "Engine 26.1", "1.45"),
  ...older("DOCKER_HOST_20", "Engine 20.10", "1.41"),
];

describe.each(aged)("$name is called with $version", (engine) => {
  const { version } = engine;
  const bench = useEngine(engine);
  const { docker, container } = bench;
  const platformKnown = version === "1.48";

  const running = async (...command: string[]): Promise<string> => {
    const id = await container(...command);
    await docker.containerStart(id);
    return id;
  };

  test("by the first call, and from then on", async () => {
    await using fresh = new Docker({ host: engine.host });
    const missing = async () => {
      const { error } = failureOf(await fresh.containerInspect("sdk-test-none").result());
      return (error as EngineError).url;
    };
    expect(await missing()).toBe(`/v${version}/containers/sdk-test-none/json`);
    expect(await missing()).toBe(`/v${version}/containers/sdk-test-none/json`);
  });

  test("by first calls at the same time, of which some stream their body", async () => {
    await using fresh = new Docker({ host: engine.host });
    const names = ["one", "two", "three"].map((name) => bench.imageName(name));
    const load = async (name: string) => (await fresh.imageLoad({ body: bigImage(name, 100_000) })).done();
    const lists = Array.from({ length: 20 }, () => fresh.containerList({ all: true }));
    await Promise.all([...names.map(load), ...lists]);
    for (const name of names) expect(await docker.imageInspect(name).result()).toMatchObject({ ok: true });
  });

  test("list, inspect, wait", async () => {
    const id = await container("sh", "-c", "exit 7");
    expect((await docker.containerList({ all: true })).map(({ Id }) => Id)).toContain(id);
    const waiting = docker.containerWait(id, { condition: "next-exit" });
    await docker.containerStart(id);
    expect(await waiting).toMatchObject({ StatusCode: 7 });
    expect((await docker.containerInspect(id)).State?.ExitCode).toBe(7);
  });

  test("export, whole", async () => {
    // Of all formats over the years, this file has been in each.
    const entries = await readTar(await docker.imageGet("busybox:local"));
    const content = (file: string) => entries.find(({ name }) => name === file)?.content.toString() ?? "";
    const [{ RepoTags = [], Config = "", Layers = [] } = {}] = JSON.parse(content("manifest.json"));
    expect(RepoTags).toEqual(["busybox:local"]);
    expect(Layers).toHaveLength(1);
    const names = entries.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([Config, ...Layers]));
  });

  test("export of a platform: refused where it would be ignored", async () => {
    if (platformKnown) {
      expect(await docker.imageGet("busybox:local", "linux/amd64").result()).toMatchObject({
        ok: true,
        kind: "archive",
      });
      return;
    }
    await using fresh = new Docker({ host: engine.host });
    for (const client of [fresh, docker]) {
      const error = await rejection(client.imageGet("busybox:local", "linux/amd64"));
      expect(error).toBeInstanceOf(UnsupportedError);
      expect((error as UnsupportedError).message).toBe(
        `ImageGet: the option platform needs API 1.48. This Engine speaks only ${version} and would ignore it. ` +
          "Omit the option, or update the Engine.",
      );
    }
  });

  test("exec with stdin, both outputs, and the exit code", async () => {
    const id = await running("sleep", "600");
    const { Id } = await docker.containerExec(id, {
      Cmd: ["sh", "-c", "cat; echo problem >&2; exit 3"],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    });
    const attached = await docker.execStart(Id, { body: { Detach: false, Tty: false } });
    attached.stdin.end("hello\n");
    expect(await attached.text()).toEqual({ stdout: "hello\n", stderr: "problem\n" });
    expect((await docker.execInspect(Id)).ExitCode).toBe(3);
  });

  test("exec with a terminal", async () => {
    const id = await running("sleep", "600");
    const { Id } = await docker.containerExec(id, {
      Cmd: ["sh", "-c", "test -t 1 && echo terminal"],
      Tty: true,
      AttachStdout: true,
    });
    const attached = await docker.execStart(Id, { body: { Detach: false, Tty: true } });
    expect(await attached.text()).toEqual({ stdout: "terminal\r\n", stderr: "" });
  });

  test("logs and attach, with frames and with a terminal", async () => {
    const script = "echo out; echo err >&2";
    const plain = await container("sh", "-c", `sleep 0.2; ${script}`);
    const attached = await docker.containerAttach(plain, { stream: true, stdout: true, stderr: true });
    await docker.containerStart(plain);
    expect(await attached.text()).toEqual({ stdout: "out\n", stderr: "err\n" });
    const logs = (id: string) => docker.containerLogs(id, { stdout: true, stderr: true, follow: true });
    expect(await (await logs(plain)).text()).toEqual({ stdout: "out\n", stderr: "err\n" });
    const { Id } = await docker.containerCreate({
      Image: "busybox:local",
      Cmd: ["sh", "-c", script],
      Tty: true,
      HostConfig: { NetworkMode: "none" },
    });
    bench.atEnd(() => docker.containerDelete(Id, { force: true }));
    await docker.containerStart(Id);
    expect(await (await logs(Id)).text()).toEqual({ stdout: "out\r\nerr\r\n", stderr: "" });
  });

  test("live events", async () => {
    const events = await docker.systemEvents({ filters: { type: ["container"] } });
    const id = await container("true");
    for await (const { Actor, Action } of events) {
      if (Actor?.ID !== id) continue;
      expect(Action).toBe("create");
      break;
    }
  });
});

const minimum = fromEnvironment("DOCKER_HOST_MINIMUM", "the test on an Engine that has given up our version");
if (minimum) {
  test("an Engine whose oldest version is newer than ours says what to do", async () => {
    await using docker = new Docker({ host: minimum });
    const { error } = failureOf(await docker.systemInfo().result());
    expect(error).toBeInstanceOf(EngineError);
    expect(error.message).toContain("client version 1.48 is too old. Minimum supported API version is 1.49");
    expect(error.message).toContain(
      "This Engine speaks API 1.49 to 1.51, this release of docker-engine-sdk 1.48 and older",
    );
    await using pinned = new Docker({ host: minimum, apiVersion: "1.49" });
    expect(await pinned.systemInfo().result()).toMatchObject({ ok: true });
  });
}
