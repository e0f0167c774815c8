import { type Duplex, PassThrough, Readable, Writable } from "node:stream";
import {
  AbortedError,
  ArgumentError,
  type ExecOptions,
  isEngineError,
  StreamError,
  TimeoutError,
} from "../../../../src/index.js";
import { frame } from "../../../helpers/frames.js";
import { until } from "../../../helpers/waiting.js";
import { idle, type Script, withEngine } from "../scripted-engine.js";

const writeAndWait = (socket: Duplex): void => {
  socket.write(frame("stdout", "x"));
  idle(socket);
};
const done = { Running: false, ExitCode: 0 };
const CREATE = "POST /containers/web/exec";
const START = "POST /exec/e1/start";
const INSPECT = "GET /exec/e1/json";

/** An exec that works, with changes. */
const script = (changes: Script = {}): Script => ({
  [CREATE]: { status: 201, json: { Id: "e1" } },
  [START]: { upgrade: (socket) => socket.end(frame("stdout", "hi")) },
  [INSPECT]: { json: done },
  ...changes,
});

test("the options go into the exec, undefined variables left out", async () => {
  await withEngine(script(), async ({ docker, bodies, calls }) => {
    const result = await docker.exec("web", ["env"], {
      env: { A: "1", B: undefined, C: "" },
      user: "nobody",
      workingDir: "/tmp",
      privileged: true,
    });
    expect(result).toEqual({ exitCode: 0, stdout: "hi", stderr: "" });
    expect(bodies[0]).toEqual({
      Cmd: ["env"],
      Env: ["A=1", "C="],
      User: "nobody",
      WorkingDir: "/tmp",
      Privileged: true,
      Tty: false,
      AttachStdin: false,
      AttachStdout: true,
      AttachStderr: true,
    });
    expect(calls).toEqual([CREATE, START, INSPECT]);
  });
});

test("stdin arrives whole and its end half-closes", async () => {
  const echo = (socket: Duplex): void => {
    let input = "";
    socket.on("data", (chunk: Buffer) => {
      input += chunk;
    });
    socket.on("end", () => socket.end(frame("stdout", input)));
  };
  const inputs: ExecOptions["stdin"][] = [
    "text é",
    Buffer.from("text é"),
    Readable.from(["te", "xt é"]),
    (async function* () {
      yield Buffer.from("text ");
      yield "é";
    })(),
  ];
  for (const stdin of inputs) {
    await withEngine(script({ [START]: { upgrade: echo } }), async ({ docker }) => {
      expect((await docker.exec("web", ["cat"], { stdin })).stdout).toBe("text é");
    });
  }
});

test.each([
  { stdin: "line\n", sent: "line\n\u0004" },
  { stdin: "no line end", sent: "no line end\u0004\u0004" },
  { stdin: "", sent: "\u0004" },
])("at a terminal Ctrl-D ends $stdin, and the connection stays open", async ({ stdin, sent }) => {
  let input = "";
  let halfClosed = false;
  let closedBeforeEnd: boolean | undefined;
  const upgrade = (socket: Duplex): void => {
    socket.on("end", () => {
      halfClosed = true;
    });
    socket.on("data", (chunk: Buffer) => {
      input += chunk;
      if (input.length < sent.length) return;
      setTimeout(() => {
        closedBeforeEnd = halfClosed;
        socket.end("ended");
      }, 20);
    });
  };
  await withEngine(script({ [START]: { upgrade, type: "raw" } }), async ({ docker }) => {
    const { stdout } = await docker.exec("web", ["cat"], { stdin, tty: true });
    expect({ stdout, input, closedBeforeEnd }).toEqual({
      stdout: "ended",
      input: sent,
      closedBeforeEnd: false,
    });
  });
});

test("output goes to the streams given, at their pace, and is not gathered then", async () => {
  const upgrade = (socket: Duplex) =>
    socket.end(Buffer.concat([frame("stdout", "a"), frame("stderr", "b"), frame("stdout", "c")]));
  await withEngine(script({ [START]: { upgrade } }), async ({ docker }) => {
    const written: string[] = [];
    const stdout = new Writable({
      highWaterMark: 1,
      write: (chunk, _, next) => {
        written.push(String(chunk));
        setImmediate(next);
      },
    });
    expect(await docker.exec("web", ["x"], { stdout })).toEqual({ exitCode: 0, stdout: "", stderr: "b" });
    expect(written).toEqual(["a", "c"]);
    expect(stdout.writableEnded).toBe(false);
  });
});

test("both outputs come in order of arrival, as text or to a stream", async () => {
  const upgrade = (socket: Duplex) =>
    socket.end(Buffer.concat([frame("stdout", "a"), frame("stderr", "b"), frame("stdout", "c")]));
  await withEngine(script({ [START]: { upgrade } }), async ({ docker }) => {
    const combined = new PassThrough({ encoding: "utf8" });
    const texts = await docker.exec("web", ["x"], { combined: true });
    expect(texts).toEqual({ exitCode: 0, stdout: "ac", stderr: "b", combined: "abc" });
    const streamed = await docker.exec("web", ["x"], { combined });
    expect(streamed).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(combined.read()).toBe("abc");
    const stderr = new PassThrough({ encoding: "utf8" });
    const mixed = await docker.exec("web", ["x"], { combined: true, stderr });
    expect(mixed).toEqual({ exitCode: 0, stdout: "ac", stderr: "", combined: "ac" });
    await expect(docker.exec("web", ["x"], { combined: "yes" as never })).rejects.toThrow(
      'exec: the option combined must be true, false or a Writable, not "yes"',
    );
  });
});

test("the exit code is waited for while the Engine does not know it yet", async () => {
  const inspections = [
    { json: { Running: true, ExitCode: null } },
    { json: { Running: false, ExitCode: null } },
    { json: { Running: true, ExitCode: 0 } },
    { json: { Running: false, ExitCode: 42 } },
  ];
  await withEngine(script({ [INSPECT]: inspections }), async ({ docker, calls }) => {
    expect((await docker.exec("web", ["x"])).exitCode).toBe(42);
    expect(calls.filter((call) => call === INSPECT)).toHaveLength(4);
  });
});

test("an exit code that never comes is a StreamError, after ten seconds", async () => {
  const now = jest.spyOn(Date, "now");
  let time = 1_000_000;
  now.mockImplementation(() => {
    time += 2000;
    return time;
  });
  await withEngine(
    script({ [INSPECT]: { json: { Running: false, ExitCode: null } } }),
    async ({ docker }) => {
      const failing = docker.exec("web", ["x"]);
      await expect(failing).rejects.toThrow(StreamError);
      await expect(failing).rejects.toThrow("does not report its exit code (exec e1)");
    },
  );
});

describe("a failure", () => {
  const failing: { step: string; changes: Script; status?: number; type?: typeof StreamError }[] = [
    {
      step: "creating",
      changes: { [CREATE]: { status: 409, json: { message: "container is paused" } } },
      status: 409,
    },
    {
      step: "starting",
      changes: { [START]: { status: 409, json: { message: "not running" } } },
      status: 409,
    },
    {
      step: "inspecting",
      changes: { [INSPECT]: { status: 404, json: { message: "no exec" } } },
      status: 404,
    },
    {
      step: "reading",
      changes: {
        [START]: { upgrade: (socket) => socket.end(frame("stdout", "cut").subarray(0, 9)) },
      },
      type: StreamError,
    },
  ];
  test.each(failing)("when $step is typed, and lets go of stdin and the connection", async (given) => {
    const stdin = new Readable({ read: () => undefined });
    await withEngine(script(given.changes), async ({ docker, underWay }) => {
      const error = await docker.exec("web", ["x"], { stdin }).catch((caught) => caught);
      if (given.status) expect(isEngineError(error, given.status)).toBe(true);
      else expect(error).toBeInstanceOf(given.type);
      expect(stdin.destroyed).toBe(true);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("of the source of stdin is an ArgumentError that names it", async () => {
    const upgrade = idle;
    await withEngine(script({ [START]: { upgrade } }), async ({ docker, underWay }) => {
      const mistake = new Error("disk gone");
      async function* stdin() {
        yield "some";
        throw mistake;
      }
      const error = await docker.exec("web", ["cat"], { stdin: stdin() }).catch((caught) => caught);
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toBe("exec: reading stdin failed: disk gone");
      expect(error.cause).toBe(mistake);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("of a stream for the output ends the exec", async () => {
    const upgrade = writeAndWait;
    await withEngine(script({ [START]: { upgrade } }), async ({ docker, underWay }) => {
      const stdout = new Writable({ highWaterMark: 1, write: () => undefined });
      setTimeout(() => stdout.destroy(), 50);
      await expect(docker.exec("web", ["x"], { stdout })).rejects.toThrow(StreamError);
      await until("no connection is busy", () => underWay() === 0);
    });
  });
});

describe("an end from outside", () => {
  const phases: { phase: string; reached: string; changes: Script }[] = [
    { phase: "creating", reached: CREATE, changes: { [CREATE]: "hang" } },
    { phase: "starting", reached: START, changes: { [START]: "hang" } },
    {
      phase: "reading",
      reached: START,
      changes: { [START]: { upgrade: writeAndWait } },
    },
    { phase: "inspecting", reached: INSPECT, changes: { [INSPECT]: "hang" } },
    { phase: "waiting", reached: INSPECT, changes: { [INSPECT]: { json: { Running: true } } } },
  ];

  test.each(phases)("a signal while $phase ends it with its reason, and all connections", async (given) => {
    const abort = new AbortController();
    const reason = new Error("enough");
    const stdin = new Readable({ read: () => undefined });
    await withEngine(script(given.changes), async ({ docker, calls, underWay }) => {
      const failing = docker.exec("web", ["x"], { stdin, signal: abort.signal });
      const error = failing.catch((caught) => caught);
      if (given.phase === "inspecting" || given.phase === "waiting") stdin.push(null);
      await until(given.reached, () => calls.includes(given.reached));
      await new Promise((resolve) => setTimeout(resolve, 20));
      abort.abort(reason);
      expect(await error).toBeInstanceOf(AbortedError);
      expect((await error).message).toBe("exec was aborted");
      expect((await error).cause).toBe(reason);
      expect(stdin.destroyed).toBe(true);
      await until("no connection is busy", () => underWay() === 0);
      await new Promise((resolve) => setTimeout(resolve, 30));
      const after = calls.length;
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(calls).toHaveLength(after);
    });
  });

  test.each(phases)("a timeout while $phase is a TimeoutError", async ({ changes }) => {
    await withEngine(script(changes), async ({ docker, underWay }) => {
      await expect(docker.exec("web", ["x"], { timeout: 100 })).rejects.toThrow(TimeoutError);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("a signal ends it also while a stream for the output takes nothing", async () => {
    const upgrade = writeAndWait;
    await withEngine(script({ [START]: { upgrade } }), async ({ docker, underWay }) => {
      const stdout = new Writable({ highWaterMark: 1, write: () => undefined });
      await expect(docker.exec("web", ["x"], { stdout, timeout: 100 })).rejects.toThrow(TimeoutError);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("a signal that fired before sends nothing", async () => {
    await withEngine(script(), async ({ docker, calls }) => {
      await expect(docker.exec("web", ["x"], { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
      expect(calls).toEqual([]);
    });
  });
});

test.each([
  { what: "a command that is a string", cmd: "ls -l", options: {}, message: 'such as ["sh", "-c"' },
  { what: "an empty command", cmd: [], options: {}, message: "the command is empty" },
  {
    what: "a word that is not a string",
    cmd: ["sleep", 1],
    options: {},
    message: 'must be an array of strings, such as ["sh", "-c", "echo hello"], not one with a number',
  },
  {
    what: "a variable without a name",
    cmd: ["x"],
    options: { env: { "": "1" } },
    message: 'env cannot set ""',
  },
  {
    what: "a variable's name with =",
    cmd: ["x"],
    options: { env: { "A=hunter2": "1" } },
    message: 'env cannot set "A=…"',
  },
  {
    what: "a list of variables",
    cmd: ["x"],
    options: { env: ["A=hunter2"] as never },
    message: "the option env must be an object, not an array",
  },
  {
    what: "a variable that is not a string",
    cmd: ["x"],
    options: { env: { A: 1 as never } },
    message: 'env has a number for "A"',
  },
  { what: "a NUL in a variable", cmd: ["x"], options: { env: { A: "\0" } }, message: '"A"' },
  { what: "stdin that cannot be read", cmd: ["x"], options: { stdin: 5 }, message: "not a number" },
  {
    what: "an option of dockerode",
    cmd: ["x"],
    options: { AttachStdout: true } as never,
    message: "the option AttachStdout is unknown; write stdout, or omit it to get the output as text",
  },
  { what: "a timeout of no length", cmd: ["x"], options: { timeout: 0 }, message: "not 0" },
  { what: "a timeout beyond all timers", cmd: ["x"], options: { timeout: 2 ** 31 }, message: "2147483648" },
])("$what is refused, and nothing is sent", async ({ cmd, options, message }) => {
  await withEngine(script(), async ({ docker, calls }) => {
    const error = await docker.exec("web", cmd as string[], options as ExecOptions).catch((caught) => caught);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(message);
    expect(calls).toEqual([]);
  });
});

test.each([null, {}, { Id: 5 }])("an exec whose creation answers %j is a StreamError", async (json) => {
  await withEngine(script({ [CREATE]: { status: 201, json } }), async ({ docker, calls }) => {
    await expect(docker.exec("web", ["x"])).rejects.toThrow("ContainerExec: the answer names no ID");
    expect(calls).toEqual([CREATE]);
  });
});

test("a web stream that stalls as stdin is let go of when the time is up", async () => {
  await withEngine(script({ [START]: { upgrade: idle } }), async ({ docker }) => {
    let cancelled = false;
    const stdin = new ReadableStream<Uint8Array>({
      cancel: () => {
        cancelled = true;
      },
    });
    await expect(docker.exec("web", ["cat"], { stdin, timeout: 100 })).rejects.toThrow(TimeoutError);
    await until("the stream is cancelled", () => cancelled);
    const locked = new ReadableStream<Uint8Array>();
    locked.getReader();
    await expect(docker.exec("web", ["cat"], { stdin: locked })).rejects.toThrow(ArgumentError);
  });
});
