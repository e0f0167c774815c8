import { PassThrough } from "node:stream";
import { AbortedError, isEngineError, type RunOptions, TimeoutError } from "../../../src/index.js";
import { describeStores, everyStore, rejection, uniqueName, until, useEngine } from "../engine.js";
import { leavesNoConnection } from "./open-sockets.js";

const IMAGE = "busybox:local";

describeStores(everyStore, "run", (engine) => {
  const { docker } = useEngine(engine);
  const label = uniqueName("run");
  leavesNoConnection();

  /** Options of a run whose container can be found again. */
  const own = (options: RunOptions = {}): RunOptions => ({
    ...options,
    create: { Labels: { [label]: "" }, HostConfig: { NetworkMode: "none" }, ...options.create },
  });
  const containers = () => docker.containerList({ all: true, filters: { label: [label] } });
  const volumes = async () => (await docker.volumeList()).Volumes ?? [];

  afterEach(async () => {
    const left = await containers();
    for (const { Id } of left) await docker.containerDelete(Id as string, { force: true });
    expect(left).toEqual([]);
  });

  test("gives output and exit code, and with remove leaves nothing", async () => {
    const command = ["sh", "-c", "echo out; echo err >&2; exit 3"];
    const result = await docker.run(IMAGE, command, own({ remove: true }));
    expect(result).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      exitCode: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
  });

  test("with a terminal all output is stdout", async () => {
    const command = ["sh", "-c", "echo out; echo err >&2; tty"];
    const result = await docker.run(IMAGE, command, own({ tty: true, remove: true }));
    expect(result).toMatchObject({ exitCode: 0, stdout: "out\r\nerr\r\n/dev/pts/0\r\n", stderr: "" });
  });

  test("without remove the container is there, with its name and log", async () => {
    const name = uniqueName("kept");
    const { id } = await docker.run(IMAGE, ["echo", "hello"], own({ name, env: { A: "b" }, user: "7:8" }));
    const { Config, Id } = await docker.containerInspect(name);
    expect(Id).toBe(id);
    expect(Config).toMatchObject({ User: "7:8", Env: expect.arrayContaining(["A=b"]) });
    const logs = await docker.containerLogs(id, { stdout: true });
    expect(await logs.text()).toEqual({ stdout: "hello\n", stderr: "" });
    await docker.containerDelete(id);
  });

  test("stdin of 5,000 bytes without a terminal, and 1,000 bytes with one, come back whole", async () => {
    const long = "0123456789".repeat(500);
    expect((await docker.run(IMAGE, ["cat"], own({ stdin: long, remove: true }))).stdout).toBe(long);
    const short = `${"0123456789".repeat(99)}012345678\n`;
    const command = ["sh", "-c", "stty -echo; echo ready; cat"];
    const stdin = new PassThrough();
    const stdout = new PassThrough({ encoding: "utf8" });
    let seen = "";
    stdout.on("data", (text) => {
      // Until the echo is off, input would come back twice.
      if (seen === "") stdin.end(short);
      seen += text;
    });
    const result = await docker.run(IMAGE, command, own({ tty: true, stdin, stdout, remove: true }));
    expect(result.exitCode).toBe(0);
    expect(seen).toBe(`ready\r\n${short.replace("\n", "\r\n")}`);
  });

  test("a container that ends at once loses neither its output nor its exit code, twenty times over", async () => {
    const runs = Array.from({ length: 20 }, (_, i) =>
      docker.run(IMAGE, ["sh", "-c", `echo ${i}; exit ${i}`], own({ remove: true })),
    );
    (await Promise.all(runs)).forEach((result, i) => {
      expect(result).toMatchObject({ exitCode: i, stdout: `${i}\n` });
    });
  });

  test("a container that the Engine removes by itself has its exit code too", async () => {
    const create = { Labels: { [label]: "" }, HostConfig: { NetworkMode: "none", AutoRemove: true } };
    for (const remove of [false, true]) {
      expect(await docker.run(IMAGE, ["sh", "-c", "exit 5"], { create, remove })).toMatchObject({
        exitCode: 5,
      });
    }
    await until("the Engine has removed them", async () => (await containers()).length === 0);
  });

  test("remove takes the anonymous volumes too", async () => {
    const before = (await volumes()).length;
    const create = { Labels: { [label]: "" }, Volumes: { "/data": {} } };
    await docker.run(IMAGE, ["touch", "/data/x"], { create, remove: true });
    expect(await volumes()).toHaveLength(before);
  });

  test("a program that is not there fails the start, and leaves no container", async () => {
    const error = await rejection(docker.run(IMAGE, ["sdk-test-nothing"], own()));
    expect(isEngineError(error, 400)).toBe(true);
    expect((error as Error).message).toContain("executable file not found");
  });

  test("an image that is not there, or not for the platform, is a 404 when it must not be pulled", async () => {
    for (const [image, platform] of [
      ["sdk-test-nothing:1", undefined],
      [IMAGE, "linux/arm64"],
    ] as const) {
      const error = await rejection(docker.run(image, ["true"], own({ pull: "never", platform })));
      expect(isEngineError(error, 404)).toBe(true);
    }
  });

  test.each([false, true])(
    "a running one is ended by a signal and by a timeout (terminal: %s)",
    async (tty) => {
      const abort = new AbortController();
      const reason = new Error("enough");
      const options = own({ tty, signal: abort.signal });
      const failing = rejection(docker.run(IMAGE, ["sleep", "100"], options));
      await until("the container runs", async () => (await containers())[0]?.State === "running");
      abort.abort(reason);
      const aborted = await failing;
      expect(aborted).toBeInstanceOf(AbortedError);
      expect((aborted as AbortedError).cause).toBe(reason);
      expect(await containers()).toEqual([]);
      const late = await rejection(
        docker.run(IMAGE, ["cat"], own({ tty, stdin: new PassThrough(), timeout: 500 })),
      );
      expect(late).toBeInstanceOf(TimeoutError);
      expect(await containers()).toEqual([]);
    },
  );

  test("a signal at any moment of its life leaves nothing", async () => {
    let ended = 0;
    for (let delay = 0; delay < 160; delay += 4) {
      const signal = AbortSignal.timeout(Math.max(delay, 1));
      const outcome = await docker
        .run(IMAGE, ["sh", "-c", "echo x"], own({ signal, remove: true }))
        .catch((e) => e);
      if (outcome instanceof AbortedError) ended += 1;
      else expect(outcome).toMatchObject({ exitCode: 0, stdout: "x\n" });
      expect(await containers()).toEqual([]);
    }
    expect(ended).toBeGreaterThan(10);
  });

  test("an output that fails ends the container", async () => {
    const stdout = new PassThrough({ highWaterMark: 1 });
    setTimeout(() => stdout.destroy(), 500);
    const error = await rejection(docker.run(IMAGE, ["yes"], own({ stdout })));
    expect(error).toMatchObject({ name: "StreamError" });
    expect(await containers()).toEqual([]);
  });
});
