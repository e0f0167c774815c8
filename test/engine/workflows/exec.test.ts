import { Readable, Writable } from "node:stream";
import { AbortedError, isEngineError, TimeoutError } from "../../../src/index.js";
import { describeStores, everyStore, rejection, until, useEngine } from "../engine.js";
import { leavesNoConnection } from "./open-sockets.js";

describeStores(everyStore, "exec", (engine) => {
  const bench = useEngine(engine);
  const { docker } = bench;
  let box: string;
  leavesNoConnection();

  beforeAll(async () => {
    box = await bench.container("sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done");
    await docker.containerStart(box);
  });
  /** The commands that run in the box, but for its own. */
  async function running(): Promise<string[]> {
    const { stdout } = await docker.exec(box, ["ps", "-o", "args"]);
    return stdout.split("\n").filter((line) => line && !/^(COMMAND|ps |sh -c trap|sleep 0.1)/.test(line));
  }

  test("tells stdout from stderr, and the exit code", async () => {
    const result = await docker.exec(box, ["sh", "-c", "echo out; echo err >&2; exit 3"]);
    expect(result).toEqual({ exitCode: 3, stdout: "out\n", stderr: "err\n" });
  });

  test("with a terminal all output is stdout", async () => {
    const command = ["sh", "-c", "echo out; echo err >&2; tty; exit 3"];
    const result = await docker.exec(box, command, { tty: true });
    expect(result).toEqual({ exitCode: 3, stdout: "out\r\nerr\r\n/dev/pts/0\r\n", stderr: "" });
  });

  test.each([
    { what: "is not there", cmd: ["sdk-test-nothing"], exitCode: 127, text: "executable file not found" },
    { what: "is not executable", cmd: ["/etc/passwd"], exitCode: 126, text: "permission denied" },
  ])("a program that $what has its exit code", async ({ cmd, exitCode, text }) => {
    for (const tty of [false, true]) {
      const result = await docker.exec(box, cmd, { tty });
      expect(result.exitCode).toBe(exitCode);
      expect(result.stdout).toContain(text);
    }
  });

  test("5,000 bytes of stdin come back without a terminal, and so does its end", async () => {
    const stdin = `${"0123456789".repeat(499)}\n123456789`;
    expect(stdin).toHaveLength(5000);
    expect(await docker.exec(box, ["cat"], { stdin })).toEqual({ exitCode: 0, stdout: stdin, stderr: "" });
  });

  test("1,000 bytes of stdin come back with a terminal, and so does its end", async () => {
    const stdin = `${"0123456789".repeat(99)}012345678\n`;
    const command = ["sh", "-c", "stty -echo; echo ready; cat"];
    const result = await docker.exec(box, command, {
      tty: true,
      stdin: (async function* () {
        // Until the echo is off, input would come back twice.
        await new Promise((resolve) => setTimeout(resolve, 500));
        yield stdin;
      })(),
    });
    expect(result).toEqual({ exitCode: 0, stdout: `ready\r\n${stdin.replace("\n", "\r\n")}`, stderr: "" });
  });

  test.each([
    { stdin: "", stdout: "0\n" },
    { stdin: Buffer.from([0, 255, 10]), stdout: "3\n" },
    { stdin: Readable.from(["ab", Buffer.from("cd")]), stdout: "4\n" },
  ])("stdin may be text, bytes or a stream (%#)", async ({ stdin, stdout }) => {
    expect((await docker.exec(box, ["wc", "-c"], { stdin })).stdout.trim()).toBe(stdout.trim());
  });

  test("a command that reads no stdin ends all the same, with any amount of it", async () => {
    let returned = false;
    async function* endless() {
      try {
        for (;;) yield Buffer.alloc(64 * 1024);
      } finally {
        returned = true;
      }
    }
    expect(await docker.exec(box, ["true"], { stdin: endless() })).toMatchObject({ exitCode: 0 });
    await until("the source is let go", () => returned);
  });

  test("environment, user and folder are the command's", async () => {
    const command = ["sh", "-c", "id -u; id -g; pwd; echo $A"];
    const result = await docker.exec(box, command, { env: { A: "a b" }, user: "7:8", workingDir: "/etc" });
    expect(result.stdout).toBe("7\n8\n/etc\na b\n");
  });

  test("32 MiB of output go through streams, at their pace", async () => {
    let bytes = 0;
    const stdout = new Writable({
      write: (chunk, _, done) => {
        bytes += chunk.length;
        setImmediate(done);
      },
    });
    const result = await docker.exec(box, ["head", "-c", String(32 * 2 ** 20), "/dev/zero"], { stdout });
    expect(result).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(bytes).toBe(32 * 2 ** 20);
  });

  test("a command that closes its output is waited for", async () => {
    const command = ["sh", "-c", "exec >/dev/null 2>&1 </dev/null; sleep 1.5; exit 4"];
    expect(await docker.exec(box, command)).toEqual({ exitCode: 4, stdout: "", stderr: "" });
  });

  test("100 at once do not disturb each other", async () => {
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        docker.exec(box, ["sh", "-c", `cat; echo err-${i} >&2; exit ${i}`], { stdin: `out-${i}` }),
      ),
    );
    results.forEach((result, i) => {
      expect(result).toEqual({ exitCode: i, stdout: `out-${i}`, stderr: `err-${i}\n` });
    });
  });

  test("no such container is a 404, one that is not running a 409", async () => {
    expect(isEngineError(await rejection(docker.exec("sdk-test-nothing", ["true"])), 404)).toBe(true);
    const stopped = await bench.container("true");
    expect(isEngineError(await rejection(docker.exec(stopped, ["true"])), 409)).toBe(true);
  });

  test.each([false, true])(
    "a signal and a timeout end a running one (terminal: %s), and the client still works",
    async (tty) => {
      const abort = new AbortController();
      const reason = new Error("enough");
      const failing = rejection(docker.exec(box, ["sleep", "77"], { tty, signal: abort.signal }));
      await until("the command runs", async () => (await running()).includes("sleep 77"));
      abort.abort(reason);
      const aborted = await failing;
      expect(aborted).toBeInstanceOf(AbortedError);
      expect((aborted as AbortedError).cause).toBe(reason);
      const late = await rejection(docker.exec(box, ["sleep", "78"], { tty, timeout: 300 }));
      expect(late).toBeInstanceOf(TimeoutError);
      // The Engine cannot stop an exec: this is what the documentation says.
      expect(await running()).toContain("sleep 77");
      expect((await docker.exec(box, ["true"])).exitCode).toBe(0);
    },
  );

  test("a container that dies meanwhile ends it, with an exit code", async () => {
    const other = await bench.container("sleep", "1000");
    await docker.containerStart(other);
    const result = docker.exec(other, ["sh", "-c", "echo begun; sleep 100"]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await docker.containerKill(other);
    expect(await result).toEqual({ exitCode: 137, stdout: "begun\n", stderr: "" });
  });
});
