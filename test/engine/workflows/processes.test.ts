import { text } from "node:stream/consumers";
import { AbortedError, isEngineError, type LaunchOptions, TimeoutError } from "../../../src/index.js";
import { describeStores, everyStore, rejection, uniqueName, until, useEngine } from "../engine.js";
import { leavesNoConnection } from "./open-sockets.js";

const IMAGE = "busybox:local";
const SIZE = { columns: 91, rows: 21 };

describeStores(everyStore, "spawn", (engine) => {
  const bench = useEngine(engine);
  const { docker } = bench;
  let box: string;
  leavesNoConnection();

  beforeAll(async () => {
    box = await bench.container("sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done");
    await docker.containerStart(box);
  });
  /** Whether a command runs in a container. */
  async function runs(command: string, container = box): Promise<boolean> {
    const { stdout } = await docker.exec(container, ["ps", "-o", "args"]);
    return stdout.split("\n").includes(command);
  }

  test("gives both streams, input while it runs, and the exit code", async () => {
    const cat = await docker.spawn(box, ["sh", "-c", "cat; echo err >&2; exit 3"]);
    cat.stdin.write("one ");
    cat.stdin.end("two");
    expect(await text(cat.stdout)).toBe("one two");
    expect(await text(cat.stderr)).toBe("err\n");
    expect(await cat.exitCode).toBe(3);
  });

  test("gives output in order of arrival", async () => {
    const command = ["sh", "-c", "echo 1; sleep 0.2; echo 2 >&2; sleep 0.2; echo 3"];
    const { combined } = await docker.spawn(box, command, { stdin: false });
    const lines: string[] = [];
    for await (const { stream, line } of combined.lines()) lines.push(`${stream} ${line}`);
    expect(lines).toEqual(["stdout 1", "stderr 2", "stdout 3"]);
  });

  test("has a terminal with a size, which can be changed at once, and Ctrl-C", async () => {
    const shell = await docker.spawn(box, ["sh"], { tty: true, size: SIZE });
    let output = "";
    shell.stdout.setEncoding("utf8").on("data", (piece) => {
      output += piece;
    });
    shell.stdin.write("stty size\n");
    await until("the first size", () => output.includes("21 91"));
    await shell.resize({ columns: 100, rows: 30 });
    shell.stdin.write("stty size; sleep 76\n");
    await until("the second size", () => output.includes("30 100"));
    await until("the command runs", () => runs("sleep 76"));
    shell.stdin.write("\u0003");
    await until("Ctrl-C has ended it", async () => !(await runs("sleep 76")));
    shell.stdin.end();
    expect(await text(shell.stderr)).toBe("");
    expect(await shell.exitCode).toBe(130);
  });

  test("takes a new size right after the start", async () => {
    const shell = await docker.spawn(box, ["sh", "-c", "sleep 0.5; stty size"], { tty: true });
    await shell.resize(SIZE);
    expect(await text(shell.stdout)).toBe("21 91\r\n");
  });

  test.each([{ user: undefined }, { user: "7:8" }])(
    "is killed with all it started (%j)",
    async ({ user }) => {
      const spawned = await docker.spawn(box, ["sh", "-c", "sleep 79; echo no"], { user });
      await until("the command runs", () => runs("sleep 79"));
      await spawned.kill();
      expect(await spawned.exitCode).toBe(137);
      expect(await text(spawned.stdout)).toBe("");
      expect(await runs("sleep 79")).toBe(false);
      await spawned.kill();
    },
  );

  test("is killed before it sees that a process it started is killed", async () => {
    const fresh = await bench.container("sleep", "1000");
    await docker.containerStart(fresh);
    // As text, the PID of the last process (12x) is before those of the others, and of the shell (a digit).
    const command = "for i in $(seq 110); do sleep 1000 & done; sleep 78; echo no";
    const spawned = await docker.spawn(fresh, ["sh", "-c", command]);
    await until("the command runs", () => runs("sleep 78", fresh));
    await spawned.kill();
    expect(await text(spawned.stdout)).toBe("");
    expect(await spawned.exitCode).toBe(137);
  });

  test("is killed right after the start, and alone", async () => {
    const [one, other] = await Promise.all([0, 1].map(() => docker.spawn(box, ["sleep", "81"])));
    await one?.kill();
    expect(await one?.exitCode).toBe(137);
    expect(await runs("sleep 81")).toBe(true);
    await other?.[Symbol.asyncDispose]();
    expect(await runs("sleep 81")).toBe(false);
  });

  test("may handle a signal", async () => {
    const command = "trap 'echo caught; exit 9' TERM; echo ready; while true; do sleep 0.1; done";
    const spawned = await docker.spawn(box, ["sh", "-c", command]);
    let output = "";
    for await (const { stream, line } of spawned.combined.lines()) {
      if (stream === "stdout") output += `${line} `;
      if (line === "ready") await spawned.kill("SIGTERM");
    }
    expect(output).toBe("ready caught ");
    expect(await spawned.exitCode).toBe(9);
  });

  test("has an exit code also if nobody reads the output, which is still there", async () => {
    const spawned = await docker.spawn(box, ["sh", "-c", "yes | head -c 300000; exit 5"]);
    expect(await spawned.exitCode).toBe(5);
    expect(await text(spawned.stdout)).toHaveLength(300_000);
  });

  test("waits for whoever reads the output", async () => {
    const spawned = await docker.spawn(box, ["sh", "-c", "yes | head -c 20000000; exit 5"]);
    const first = await Promise.race([spawned.exitCode, new Promise((resolve) => setTimeout(resolve, 1000))]);
    expect(first).toBeUndefined();
    expect(await text(spawned.stdout)).toHaveLength(20_000_000);
    expect(await spawned.exitCode).toBe(5);
  });

  test("that closes its output is waited for", async () => {
    const command = ["sh", "-c", "exec >/dev/null 2>&1 </dev/null; sleep 1; exit 4"];
    const spawned = await docker.spawn(box, command);
    expect(await text(spawned.stdout)).toBe("");
    expect(await spawned.exitCode).toBe(4);
  });

  test("is killed by its signal and its timeout", async () => {
    const abort = new AbortController();
    const spawned = await docker.spawn(box, ["sleep", "83"], { signal: abort.signal });
    await until("the command runs", () => runs("sleep 83"));
    abort.abort();
    expect(await rejection(spawned.exitCode)).toBeInstanceOf(AbortedError);
    expect(await runs("sleep 83")).toBe(false);
    const late = await docker.spawn(box, ["sleep", "84"], { timeout: 300 });
    expect(await rejection(late.exitCode)).toBeInstanceOf(TimeoutError);
    expect(await runs("sleep 84")).toBe(false);
  });

  test("of a program that is not there has exit code 127; of a container that is not there fails", async () => {
    expect(await (await docker.spawn(box, ["sdk-test-nothing"])).exitCode).toBe(127);
    expect(isEngineError(await rejection(docker.spawn("sdk-test-nothing", ["true"])), 404)).toBe(true);
  });
});

describeStores(everyStore, "launch", (engine) => {
  const { docker } = useEngine(engine);
  const label = uniqueName("launch");
  leavesNoConnection();

  const own = (options: LaunchOptions = {}): LaunchOptions => ({
    ...options,
    create: { Labels: { [label]: "" }, HostConfig: { NetworkMode: "none" }, ...options.create },
  });
  const containers = () => docker.containerList({ all: true, filters: { label: [label] } });

  afterEach(async () => {
    const left = await containers();
    for (const { Id } of left) await docker.containerDelete(Id as string, { force: true });
    expect(left).toEqual([]);
  });

  test("gives streams and an exit code, and with remove leaves nothing", async () => {
    const launched = await docker.launch(
      IMAGE,
      ["sh", "-c", "cat; echo err >&2; exit 3"],
      own({ remove: true }),
    );
    launched.stdin?.end("hello");
    expect(launched.name).toMatch(/^\w+$/);
    expect(await text(launched.stdout)).toBe("hello");
    expect(await text(launched.stderr)).toBe("err\n");
    expect(await launched.exitCode).toBe(3);
    expect(await containers()).toEqual([]);
  });

  test("keeps output that is read after the container is gone, five times over", async () => {
    const command = ["sh", "-c", "yes | head -c 300000; exit 5"];
    const launched = await Promise.all(
      Array.from({ length: 5 }, () => docker.launch(IMAGE, command, own({ remove: true, stdin: false }))),
    );
    for (const { exitCode, stdout } of launched) {
      expect(await exitCode).toBe(5);
      expect(await text(stdout)).toHaveLength(300_000);
    }
  });

  test("has a terminal of its size, and is killed", async () => {
    await using shell = await docker.launch(IMAGE, ["sh"], own({ tty: true, size: SIZE }));
    let output = "";
    shell.stdout.setEncoding("utf8").on("data", (piece) => {
      output += piece;
    });
    shell.stdin?.write("stty size\n");
    await until("the first size", () => output.includes("21 91"));
    await shell.resize({ columns: 100, rows: 30 });
    shell.stdin?.write("stty size\n");
    await until("the second size", () => output.includes("30 100"));
    await shell.kill();
    expect(await shell.exitCode).toBe(137);
    await shell.kill();
  });

  test("without attach runs until its block is left, with its log at the Engine", async () => {
    const name = uniqueName("service");
    const options = own({ attach: false, name, ports: { 80: "127.0.0.1:0" } });
    {
      await using service = await docker.launch(IMAGE, ["sh", "-c", "echo begun; exec sleep 600"], {
        ...options,
        create: { Labels: { [label]: "" }, HostConfig: {} },
      });
      expect(service.name).toBe(name);
      const { HostConfig, State } = await docker.containerInspect(name);
      expect(State.Running).toBe(true);
      expect(HostConfig.PortBindings).toMatchObject({ "80/tcp": [{ HostIp: "127.0.0.1" }] });
      await until("it has begun", async () => {
        const logs = await docker.containerLogs(service.id, { stdout: true });
        return (await logs.text()).stdout === "begun\n";
      });
    }
    expect(await containers()).toEqual([]);
  });

  test("is killed by its signal, and removed with remove", async () => {
    for (const remove of [false, true]) {
      const abort = new AbortController();
      const launched = await docker.launch(IMAGE, ["sleep", "600"], own({ remove, signal: abort.signal }));
      abort.abort();
      expect(await rejection(launched.exitCode)).toBeInstanceOf(AbortedError);
      if (remove) expect(await containers()).toEqual([]);
      else expect((await docker.containerInspect(launched.id)).State.Running).toBe(false);
      await docker.containerDelete(launched.id).result();
    }
  });

  test("of a program that is not there fails, and leaves no container", async () => {
    expect(isEngineError(await rejection(docker.launch(IMAGE, ["sdk-test-nothing"], own())), 400)).toBe(true);
  });
});
