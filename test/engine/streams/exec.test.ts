import { isEngineError } from "../../../src/index.js";
import { anyEngine, describeStores, failureOf, until, useEngine } from "../engine.js";
import { leavesNoConnection, openSockets } from "../workflows/open-sockets.js";
import { containersOf } from "./containers.js";

describeStores([anyEngine.store], "exec operations", (engine) => {
  const bench = useEngine(engine);
  const { docker } = bench;
  const create = containersOf(bench);
  let box: string;
  leavesNoConnection();

  beforeAll(async () => {
    box = await create(["sleep", "600"]);
    await docker.containerStart(box);
  });

  const exec = async (Cmd: string[], settings = {}): Promise<string> =>
    (await docker.containerExec(box, { Cmd, AttachStdout: true, AttachStderr: true, ...settings })).Id;
  const exitCode = async (id: string): Promise<number | null | undefined> => {
    await until("the exec has ended", async () => !(await docker.execInspect(id)).Running);
    return (await docker.execInspect(id)).ExitCode;
  };

  test("start gives the output in frames, inspect the exit code", async () => {
    const id = await exec(["sh", "-c", "echo out; echo err >&2; exit 3"]);
    const attached = await docker.execStart(id, { body: { Detach: false } });
    expect(await attached.text()).toEqual({ stdout: "out\n", stderr: "err\n" });
    expect(await exitCode(id)).toBe(3);
  });

  test("start with a terminal gives raw output, of the size it was resized to", async () => {
    const id = await exec(["sh", "-c", "read line; stty size; echo err >&2"], {
      Tty: true,
      AttachStdin: true,
    });
    const attached = await docker.execStart(id, { body: { Tty: true } });
    await until("it runs", async () => (await docker.execInspect(id)).Running === true);
    await docker.execResize(id, { h: 22, w: 99 });
    attached.stdin.write("\n");
    const { stdout, stderr } = await attached.text();
    expect(stdout).toContain("22 99\r\nerr\r\n");
    expect(stderr).toBe("");
  });

  test("start takes stdin to its end", async () => {
    const id = await exec(["wc", "-c"], { AttachStdin: true });
    const attached = await docker.execStart(id, { body: {} });
    attached.stdin.end(Buffer.alloc(3_000_000));
    expect((await attached.text()).stdout).toBe("3000000\n");
  });

  test("start that is detached has no output, and goes on", async () => {
    const id = await exec(["sh", "-c", "sleep 0.3; exit 4"]);
    const attached = await docker.execStart(id, { body: { Detach: true } });
    expect(await attached.text()).toEqual({ stdout: "", stderr: "" });
    expect(await exitCode(id)).toBe(4);
  });

  test("a program that is not there has its exit code", async () => {
    const id = await exec(["sdk-test-nothing"]);
    await (await docker.execStart(id, { body: {} })).text();
    expect(await exitCode(id)).toBe(127);
  });

  test("an exec that is not there, or has ended, is the Engine's error", async () => {
    expect(
      isEngineError(failureOf(await docker.execStart("sdk-test-nothing", { body: {} }).result()).error, 404),
    ).toBe(true);
    const id = await exec(["true"]);
    await (await docker.execStart(id, { body: {} })).text();
    await exitCode(id);
    // Engine 28.5 has upgraded the connection before it notices.
    const again = await (await docker.execStart(id, { body: {} })).text();
    expect(again.stdout + again.stderr).toMatch(/already/);
  });

  test("100 at once each have their own output and exit code", async () => {
    const before = openSockets();
    const results = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const id = await exec(["sh", "-c", `cat; echo out ${i}; echo err ${i} >&2; exit ${i}`], {
          AttachStdin: true,
          Tty: false,
        });
        const attached = await docker.execStart(id, { body: {} });
        attached.stdin.end(`in ${i}\n`);
        const text = await attached.text();
        return { ...text, code: await exitCode(id) };
      }),
    );
    expect(results).toEqual(
      results.map((_, i) => ({ stdout: `in ${i}\nout ${i}\n`, stderr: `err ${i}\n`, code: i })),
    );
    await until("their connections are closed", () => openSockets() <= before);
  });
});
