import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArgumentError, Docker, isEngineError } from "../../../src/index.js";
import { type FakeEngine, type FakeProcesses, startFakeEngine } from "../../../src/testing/index.js";
import { readDescription } from "../../conformance/description.js";
import { Recording } from "../../conformance/recording.js";
import { Validator } from "../../conformance/validator.js";
import { busybox, engineCalls, removeContainers } from "../../helpers/engine-calls.js";
import { bytesOf } from "../../helpers/streams.js";

const PULLED = "alpine:3.20";

let fake: FakeEngine;
let docker: Docker;
const recording = new Recording(() => "", { everyEngine: true });

async function begin(processes: Record<string, FakeProcesses>): Promise<void> {
  fake = await startFakeEngine({ images: [{ name: "busybox:local" }], processes });
  docker = new Docker({ host: fake.host });
  docker.use(recording.hook("fake"));
}

afterEach(async () => {
  await docker.close();
  await fake.close();
});

describe("as on a real Engine, a fake one", () => {
  beforeEach(() => begin({ "busybox:local": busybox }));
  test.each(engineCalls)("$title", async ({ call, want }) => {
    expect(await call(docker, "a-test")).toEqual(want);
    await removeContainers(docker, "a-test");
  });

  test("answers as the description says", () => {
    const validator = new Validator(readDescription());
    const findings = recording.exchanges.flatMap((exchange) => validator.validate(exchange));
    expect(recording.exchanges.length).toBeGreaterThan(50);
    expect([...new Set(findings.map(({ problem }) => problem))]).toEqual([]);
  });
});

describe("a process", () => {
  test("can be a function, with everything that a process has", async () => {
    await begin({
      "busybox:local": async ({ args, env, stdin, stdout, stderr }) => {
        for await (const chunk of stdin) stdout.write(`<${chunk}>`);
        stderr.write(`${args.join("|")} ${env.A}`);
        return 7;
      },
    });
    const { id: _, ...result } = await docker.run("busybox:local", ["a", "b"], {
      stdin: "in",
      env: { A: "1" },
    });
    expect(result).toEqual({ exitCode: 7, stdout: "<in>", stderr: "a|b 1" });
  });

  test("that throws says so, and exits with 1", async () => {
    await begin({
      "busybox:local": () => {
        throw new Error("out of luck");
      },
    });
    const { exitCode, stderr } = await docker.run("busybox:local", ["a"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("out of luck") });
  });

  test.each([-5, 1.5, 256, Number.NaN, "7"])("that returns %j says so, and exits with 1", async (code) => {
    await begin({ "busybox:local": () => code as number });
    const { exitCode, stderr } = await docker.run("busybox:local", ["a"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining("an exit code from 0 to 255"),
    });
  });

  test("is found by a pattern each time, also by one with g", async () => {
    await begin({ "busybox:local": { command: /^grep/g, output: "found" } });
    for (const _ of [1, 2, 3]) {
      expect(await docker.run("busybox:local", ["grep", "x"])).toMatchObject({
        exitCode: 0,
        stdout: "found",
      });
    }
  });

  test("is told by which signal it ended", async () => {
    const ended: unknown[] = [];
    await begin({
      "busybox:local": ({ signal }) =>
        new Promise(() => signal.addEventListener("abort", () => ended.push(signal.reason))),
    });
    const { Id } = await docker.containerCreate({ Image: "busybox:local", Cmd: ["serve"] });
    await docker.containerStart(Id);
    await docker.containerKill(Id, { signal: "SIGINT" });
    await docker.containerWait(Id);
    expect(ended).toEqual(["SIGINT"]);
    expect((await docker.containerInspect(Id)).State.ExitCode).toBe(130);
  });

  test("is held up by a reader who does not read", async () => {
    let written = 0;
    await begin({
      "busybox:local": async ({ signal, stdout }) => {
        while (!signal.aborted && written < 10_000) {
          await new Promise<void>((resolve) => stdout.write(Buffer.alloc(64 * 1024), () => resolve()));
          written += 1;
        }
      },
    });
    const { Id } = await docker.containerCreate({ Image: "busybox:local", Cmd: ["flood"] });
    const attached = await docker.containerAttach(Id, { stream: true, stdout: true });
    await docker.containerStart(Id);
    let before = -1;
    while (before !== written) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(written).toBeLessThan(10_000);
    await docker.containerKill(Id);
    attached.cancel();
  });

  test("of a container that restarts is started again", async () => {
    let runs = 0;
    await begin({ "busybox:local": () => ++runs });
    const HostConfig = { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 } } as const;
    const { Id } = await docker.containerCreate({ Image: "busybox:local", Cmd: ["fail"], HostConfig });
    await docker.containerStart(Id);
    for (;;) {
      const { RestartCount, State } = await docker.containerInspect(Id);
      if (State.Status === "exited") {
        expect({ RestartCount, exitCode: State.ExitCode, runs }).toEqual({
          RestartCount: 2,
          exitCode: 3,
          runs: 3,
        });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  test.each<[string, unknown, string]>([
    [
      "an unknown option",
      { exit: 1 },
      "the option exit is unknown. Known options: command, output, echo, duration",
    ],
    [
      "a command of numbers",
      { command: 5 },
      "the option command must be a string, a RegExp or a function, not 5",
    ],
    [
      "a number as its output",
      { output: 5 },
      'a string, or an array or async iterable of strings and { stream: "stdout" or "stderr", data }, not 5',
    ],
    [
      "bytes as its output",
      { output: Buffer.from("a") },
      '{ stream: "stdout" or "stderr", data }, not a Buffer',
    ],
    ["numbers in its output", { output: ["a", 5] }, "data }, not an array that contains 5"],
    [
      "output for a third stream",
      { output: [{ stream: "log", data: "a" }] },
      "data }, not an array that contains an object",
    ],
    ["an echo of text", { echo: "yes" }, 'the option echo must be true or false, not "yes"'],
    [
      "an exit code over 255",
      { exitCode: 256 },
      "the option exitCode must be an integer from 0 to 255, not 256",
    ],
    ["a negative duration", { duration: -1 }, "or Infinity until it is stopped, not -1"],
    [
      "a signal that does not exist",
      { ignores: ["TERM"] },
      'such as ["SIGTERM"], not an array that contains "TERM"',
    ],
    [
      "a third health",
      { health: "fine" },
      'the option health must be "healthy", "unhealthy" or { status, after }, whose status is one of these, not "fine"',
    ],
    [
      "an unknown option of health",
      { health: { status: "healthy", at: 1 } },
      "health: the option at is unknown. Known options: status, after",
    ],
    [
      "a health of no status",
      { health: {} },
      "{ status, after }, whose status is one of these, not an object",
    ],
    ["text as its function", { run: "true" }, 'the option run must be a function, not "true"'],
    ["run, and what it would do", { run: () => 0, exitCode: 1 }, "has run, and also output"],
    [
      "text in its place",
      "hello",
      'startFakeEngine: a process of a must be a function or an object, not "hello"',
    ],
    ["nothing in its place", null, "must be a function or an object, not null"],
  ])("may not have %s", async (_, process, message) => {
    await begin({});
    const started = startFakeEngine({ processes: { a: process as FakeProcesses } });
    await expect(started).rejects.toThrow(ArgumentError);
    await expect(started).rejects.toThrow(message);
  });

  test("may write over time, to either stream", async () => {
    const overTime = async function* () {
      yield "out";
      yield { stream: "stderr", data: Buffer.from("err") } as const;
    };
    await begin({ "busybox:local": { output: overTime() } });
    const { stdout, stderr } = await docker.run("busybox:local", ["a"]);
    expect({ stdout, stderr }).toEqual({ stdout: "out", stderr: "err" });
  });

  test("of a long command without a script is shown shortened", async () => {
    await begin({ "busybox:local": busybox });
    await using service = await docker.launch("busybox:local", ["sleep", "60"]);
    const { exitCode, stdout } = await docker.exec(service.id, ["x".repeat(500)]);
    expect(exitCode).toBe(127);
    expect(stdout.match(/x{10,}…?/g)).toEqual([`${"x".repeat(100)}…`, `${"x".repeat(100)}…`]);
    const failed = docker.run("busybox:local", ["x".repeat(500)]);
    await expect(failed).rejects.toThrow(`exec: "${"x".repeat(100)}…": executable file not found`);
  });
});

describe("a terminal", () => {
  test("has the size that the client sets, and ends with Ctrl-C", async () => {
    const sizes: unknown[] = [];
    await begin({
      "busybox:local": ({ size, stdin }) => {
        stdin.on("data", () => sizes.push(size()));
        return new Promise(() => undefined);
      },
    });
    const { Id } = await docker.containerCreate({
      Image: "busybox:local",
      Cmd: ["sh"],
      Tty: true,
      OpenStdin: true,
    });
    const attached = await docker.containerAttach(Id, { stream: true, stdin: true, stdout: true });
    await docker.containerStart(Id);
    await docker.containerResize(Id, { h: 40, w: 120 });
    attached.stdin.write("go\n");
    const exit = docker.containerWait(Id);
    await exit.begun();
    attached.stdin.write("\x03");
    expect(await exit).toEqual({ StatusCode: 130 });
    expect((await attached.text()).stdout).toBe("go\r\n^C");
    expect(sizes).toEqual([{ columns: 120, rows: 40 }]);
  });
});

describe("images", () => {
  test("that processes name are pulled, with progress; others are denied", async () => {
    await begin({ [PULLED]: { output: "pulled" } });
    const seen: string[] = [];
    const { stdout } = await docker.run(PULLED, ["x"], {
      onProgress: ({ status }) => void seen.push(status),
    });
    expect(stdout).toBe("pulled");
    expect(seen).toEqual(
      expect.arrayContaining(["Pulling from library/alpine", "Downloading", "Pull complete"]),
    );
    await expect(docker.pull("other:1")).rejects.toThrow(/pull access denied for other.*option processes/s);
  });
});

describe("failures on demand", () => {
  beforeEach(() => begin({ "busybox:local": { output: "hi" } }));

  test("answer once, then the fake Engine does", async () => {
    fake.on("containerStart").reply(500, { message: "no space left on device" });
    await expect(docker.run("busybox:local", ["a"])).rejects.toThrow("no space left on device");
    expect((await docker.run("busybox:local", ["a"])).stdout).toBe("hi");
    expect(fake.calls.filter(({ operation }) => operation === "containerStart")).toHaveLength(2);
  });

  test("break the connection, and make answers late", async () => {
    // The next call is on a connection that served one, and would be sent again had nothing arrived.
    await docker.systemInfo();
    fake.on("systemInfo").fail().on("systemVersion").delay(200);
    await expect(docker.systemInfo()).rejects.toMatchObject({ code: "ERR_DOCKER_CONNECTION" });
    const before = Date.now();
    await docker.systemVersion();
    expect(Date.now() - before).toBeGreaterThanOrEqual(190);
  });

  test("must have delays that can be", () => {
    expect(() => fake.on("systemInfo").delay(-1)).toThrow(
      "systemInfo: delay: the option delay must be a number",
    );
    expect(() => fake.on("systemInfo").delay(5, { time: 2 } as never)).toThrow("the option time is unknown");
  });

  test("also break off a stream in its middle", async () => {
    fake.on("containerLogs").reply(200, async function* () {
      yield { stream: "stdout", data: "begun" } as const;
      throw new Error("cut");
    });
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      for await (const { data } of docker.containerLogs("a", { stdout: true })) seen.push(String(data));
    };
    await expect(read()).rejects.toThrow();
    expect(seen).toEqual(["begun"]);
  });
});

describe("what the fake Engine does not know", () => {
  beforeEach(() => begin({}));

  test.each([
    [
      "an operation",
      () => docker.imageSearch({ term: "x" }),
      /does not know ImageSearch\. Mock the answer with fake\.on\("imageSearch"\)/,
    ],
    [
      "an option",
      () => docker.containerList({ size: true }),
      /does not know the option size of containerList/,
    ],
    ["an image", () => docker.containerCreate({ Image: "nope" }), /No such image: nope:latest/],
  ])("it refuses: %s", async (_, call, message) => {
    await expect(Promise.resolve(call())).rejects.toThrow(message);
  });

  test("a mock can answer", async () => {
    fake.on("imageSearch").reply(200, [{ name: "alpine" }]);
    expect(await docker.imageSearch({ term: "alpine" })).toEqual([{ name: "alpine" }]);
  });

  test("a command without a script says so", async () => {
    const failed = await docker.run("busybox:local", ["ls"]).catch((error: unknown) => error);
    expect(isEngineError(failed, 400) && failed.message).toContain(
      'its option processes has nothing for "ls"',
    );
  });
});

describe("files of a container", () => {
  test("are copied in and out, and processes read and write them", async () => {
    await begin({
      "busybox:local": ({ readFile, writeFile }) => writeFile("/out/result", `<${readFile("/data/in.txt")}>`),
    });
    const folder = await mkdtemp(join(tmpdir(), "fake-files-"));
    const body = { Image: "busybox:local", Cmd: ["x"], WorkingDir: "/data" };
    const { Id } = await docker.containerCreate(body);
    await writeFile(join(folder, "in.txt"), "input");
    await docker.copyIn(Id, join(folder, "in.txt"), "/data");
    await docker.containerStart(Id);
    await docker.containerWait(Id);
    await docker.copyOut(Id, "/out", folder);
    expect(await readFile(join(folder, "out", "result"), "utf8")).toBe("<input>");
    const stat = await docker.containerArchiveInfo(Id, { path: "/data/in.txt" });
    expect(stat).toMatchObject({ name: "in.txt", size: 5, linkTarget: "" });
    await expect(Promise.resolve(docker.containerArchive(Id, { path: "/nope" }))).rejects.toThrow(
      "Could not find the file /nope in container",
    );
    await rm(folder, { recursive: true });
  });
});

describe("handles of processes", () => {
  test("are given by launch and spawn, with input, terminals and signals", async () => {
    await begin({
      "busybox:local": [
        ...busybox,
        { command: "size", run: ({ size, stdout }) => void stdout.write(`${size().columns}x${size().rows}`) },
      ],
    });
    await using service = await docker.launch("busybox:local", ["sleep", "60"]);
    const cat = await docker.spawn(service.id, ["cat"]);
    cat.stdin?.end("typed");
    expect((await bytesOf(cat.stdout)).toString()).toBe("typed");
    expect(await cat.exitCode).toBe(0);
    const sized = await docker.spawn(service.id, ["size"], { tty: true, size: { columns: 99, rows: 9 } });
    expect((await bytesOf(sized.stdout)).toString()).toBe("99x9");
    const [one, other] = [await docker.spawn(service.id, ["cat"]), await docker.spawn(service.id, ["cat"])];
    await one.kill("SIGINT");
    expect(await one.exitCode).toBe(130);
    await other.kill();
    expect(await other.exitCode).toBe(137);
    await service.kill("SIGKILL");
    expect(await service.exitCode).toBe(137);
  });
});
