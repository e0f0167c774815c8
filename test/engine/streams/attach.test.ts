import { AbortedError, type AttachStream, isEngineError } from "../../../src/index.js";
import { collect } from "../../helpers/streams.js";
import { anyEngine, describeStores, failureOf, rejection, until, useEngine } from "../engine.js";
import { leavesNoConnection } from "../workflows/open-sockets.js";
import { containersOf } from "./containers.js";

const all = { stream: true, stdin: true, stdout: true, stderr: true } as const;
const STDIN = { OpenStdin: true, StdinOnce: true, AttachStdin: true };

describeStores([anyEngine.store], "attach", (engine) => {
  const bench = useEngine(engine);
  const { docker } = bench;
  const create = containersOf(bench);
  leavesNoConnection();

  /** Attaches, has the end awaited, and starts: nothing can be missed. */
  async function startAttached(id: string, attach = docker.containerAttach.bind(docker)) {
    const attached: AttachStream = await attach(id, all);
    const wait = docker.containerWait(id, { condition: "next-exit" });
    await wait.begun();
    await docker.containerStart(id);
    return { attached, end: wait };
  }

  test("before the start gives all output, and the wait the exit code", async () => {
    const id = await create(["sh", "-c", "echo out; echo err >&2; exit 3"]);
    const { attached, end } = await startAttached(id);
    expect(await attached.text()).toEqual({ stdout: "out\n", stderr: "err\n" });
    expect((await end).StatusCode).toBe(3);
  });

  test("echoes 5,000 bytes of stdin and sees its end", async () => {
    const text = "0123456789".repeat(500);
    const { attached, end } = await startAttached(await create(["cat"], STDIN));
    attached.stdin.end(text);
    expect(await attached.text()).toEqual({ stdout: text, stderr: "" });
    expect((await end).StatusCode).toBe(0);
  });

  test("echoes 1,000 bytes of stdin on a terminal", async () => {
    const text = `${"0123456789".repeat(99)}012345678\n`;
    const id = await create(["sh", "-c", "stty -echo; echo ready; cat"], { ...STDIN, Tty: true });
    const { attached, end } = await startAttached(id);
    let seen = "";
    for await (const { stream, data } of attached) {
      expect(stream).toBe("stdout");
      if (seen === "") attached.stdin.write(text);
      seen += data;
      // The end of input of a terminal is a character.
      if (seen.length === `ready\r\n${text}\r`.length) attached.stdin.write("\x04");
    }
    expect(seen).toBe(`ready\r\n${text.replace("\n", "\r\n")}`);
    expect((await end).StatusCode).toBe(0);
  });

  test("includes earlier output with logs, for running and exited containers", async () => {
    const id = await create(["sh", "-c", "echo before; sleep 1; echo after"]);
    await docker.containerStart(id);
    const logs = { stream: true, logs: true, stdout: true, stderr: true };
    expect(await (await docker.containerAttach(id, logs)).text()).toEqual({
      stdout: "before\nafter\n",
      stderr: "",
    });
    expect((await docker.containerInspect(id)).State.Running).toBe(false);
    const late = await docker.containerAttach(id, { ...logs, stream: false });
    expect((await late.text()).stdout).toBe("before\nafter\n");
  });

  test("to a container that has exited waits for its next start, and can be ended", async () => {
    const id = await create(["echo", "again"]);
    for (let start = 0; start < 2; start += 1) {
      const { attached, end } = await startAttached(id);
      expect((await attached.text()).stdout).toBe("again\n");
      await end;
    }
    const waiting = await docker.containerAttach(id, all);
    const reading = rejection(waiting.text());
    setTimeout(() => waiting.cancel(), 50);
    expect(await reading).toBeInstanceOf(AbortedError);
  });

  test("to a container that is paused is the Engine's error, and to one that is not there", async () => {
    const id = await create(["sleep", "600"]);
    await docker.containerStart(id);
    await docker.containerPause(id);
    expect(isEngineError(failureOf(await docker.containerAttach(id, all).result()).error, 409)).toBe(true);
    await docker.containerUnpause(id);
    expect(
      isEngineError(failureOf(await docker.containerAttach("sdk-test-nothing", all).result()).error, 404),
    ).toBe(true);
    expect(
      isEngineError(
        failureOf(await docker.containerAttachWebsocket("sdk-test-nothing", all).result()).error,
        404,
      ),
    ).toBe(true);
  });

  test.each([false, true])("over a WebSocket carries output and input (terminal: %p)", async (Tty) => {
    const script = Tty ? "stty -echo; read line; echo got $line" : "read line; echo got $line; echo err >&2";
    const id = await create(["sh", "-c", script], { ...STDIN, Tty });
    const { attached, end } = await startAttached(id, docker.containerAttachWebsocket.bind(docker));
    if (Tty) await new Promise((resolve) => setTimeout(resolve, 500));
    attached.stdin.write("hello\n");
    const { stdout, stderr } = await attached.text();
    // There are no frames: what was stderr cannot be told from the rest.
    expect(stdout.split(/\r?\n/).sort()).toEqual(Tty ? ["", "got hello"] : ["", "err", "got hello"]);
    expect(stderr).toBe("");
    expect((await end).StatusCode).toBe(0);
  });

  test("follows the terminal's size", async () => {
    const id = await create(["sh", "-c", "read line; stty size"], { ...STDIN, Tty: true });
    const { attached } = await startAttached(id);
    await docker.containerResize(id, { h: 33, w: 111 });
    attached.stdin.write("go\n");
    expect((await attached.text()).stdout).toContain("33 111\r\n");
  });

  test.each([
    { phase: "before the answer", when: "at once" },
    { phase: "while it waits for output", when: "reading" },
    { phase: "while its input is written", when: "writing" },
  ])("is aborted $phase", async ({ when }) => {
    const id = await create(["sleep", "600"], STDIN);
    await docker.containerStart(id);
    const abort = new AbortController();
    const reason = new Error("enough");
    const call = docker.containerAttach(id, all, { signal: abort.signal });
    if (when === "at once") {
      abort.abort(reason);
      expect(failureOf(await call.result()).error).toBeInstanceOf(AbortedError);
      return;
    }
    const attached = await call;
    const reading = rejection(collect(attached));
    const written = new Promise((resolve) => attached.stdin.write(Buffer.alloc(8 * 2 ** 20), resolve));
    if (when === "writing") await until("input waits", () => attached.stdin.writableLength > 0);
    setTimeout(() => abort.abort(reason), 50);
    expect(await reading).toMatchObject({ name: "AbortedError", cause: reason });
    expect(await written).toBeInstanceOf(Error);
  });
});
