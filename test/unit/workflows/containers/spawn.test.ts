import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import {
  AbortedError,
  ArgumentError,
  ConnectionError,
  isEngineError,
  type SpawnOptions,
  StreamError,
  TimeoutError,
  UnsupportedError,
} from "../../../../src/index.js";
import { frame } from "../../../helpers/frames.js";
import { until } from "../../../helpers/waiting.js";
import { idle, type Reaction, type Script, withEngine } from "../scripted-engine.js";

const CREATE = "POST /containers/web/exec";
const START = "POST /exec/e1/start";
const INSPECT = "GET /exec/e1/json";
const RESIZE = "POST /exec/e1/resize";
/** The second exec, which looks for the process. */
const KILL = "POST /exec/k1/start";
const KILLED = "GET /exec/k1/json";

const running = { json: { Running: true, ExitCode: null } };
const exited = (code: number): Reaction => ({ json: { Running: false, ExitCode: code } });

/** An exec that writes "hi" and exits with 3, and a shell that finds its processes, with changes. */
const script = (changes: Script = {}): Script => ({
  [CREATE]: [
    { status: 201, json: { Id: "e1" } },
    { status: 201, json: { Id: "k1" } },
  ],
  [START]: { upgrade: (socket) => socket.end(frame("stdout", "hi")) },
  [INSPECT]: exited(3),
  [KILL]: { upgrade: (socket) => socket.end() },
  [KILLED]: exited(0),
  ...changes,
});

/** A process that runs until the test lets it go on. */
function speaking(): { readonly upgrade: (socket: Duplex) => void; readonly socket: () => Promise<Duplex> } {
  let give: (socket: Duplex) => void = () => undefined;
  const given = new Promise<Duplex>((resolve) => {
    give = resolve;
  });
  return { upgrade: (socket) => give(socket), socket: () => given };
}

const unhandled = jest.fn();
beforeAll(() => void process.on("unhandledRejection", unhandled));
afterAll(() => void process.off("unhandledRejection", unhandled));
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).not.toHaveBeenCalled();
});

test("the options go into the exec, with the size of the terminal and a variable that marks it", async () => {
  const { socket, upgrade } = speaking();
  const changes = { [START]: { upgrade, type: "raw" as const }, [RESIZE]: { status: 200 } };
  await withEngine(script(changes), async ({ docker, bodies, calls }) => {
    const shell = await docker.spawn("web", ["sh"], {
      env: { A: "1" },
      user: "nobody",
      workingDir: "/tmp",
      privileged: true,
      tty: true,
      size: { columns: 80, rows: 24 },
    });
    expect(shell.id).toBe("e1");
    expect(calls.at(-1)).toBe(`${RESIZE}?h=24&w=80`);
    (await socket()).end("hi");
    expect(await text(shell.stdout)).toBe("hi");
    expect(await text(shell.stderr)).toBe("");
    expect(await shell.exitCode).toBe(3);
    expect(bodies[0]).toEqual({
      Cmd: ["sh"],
      Env: ["A=1", expect.stringMatching(/^DOCKER_ENGINE_SDK_SPAWN=[0-9a-f-]{36}$/)],
      User: "nobody",
      WorkingDir: "/tmp",
      Privileged: true,
      Tty: true,
      ConsoleSize: [24, 80],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    });
    expect(calls).toEqual([CREATE, START, `${RESIZE}?h=24&w=80`, INSPECT]);
  });
});

describe("the output", () => {
  const both = (socket: Duplex) =>
    socket.end(Buffer.concat([frame("stdout", "a"), frame("stderr", "b"), frame("stdout", "c")]));

  test("is two streams, of which one may be read after the other, and after the exit", async () => {
    await withEngine(script({ [START]: { upgrade: both } }), async ({ docker, underWay }) => {
      const spawned = await docker.spawn("web", ["x"]);
      expect(await spawned.exitCode).toBe(3);
      await until("the connection is closed, though nobody has read it", () => underWay() === 0);
      expect(await text(spawned.stdout)).toBe("ac");
      expect(await text(spawned.stderr)).toBe("b");
    });
  });

  test("can be read in order of arrival instead", async () => {
    await withEngine(script({ [START]: { upgrade: both } }), async ({ docker }) => {
      const { combined, exitCode } = await docker.spawn("web", ["x"]);
      const pieces: string[] = [];
      for await (const { stream, data } of combined) pieces.push(`${stream} ${data}`);
      expect(pieces).toEqual(["stdout a", "stderr b", "stdout c"]);
      expect(await exitCode).toBe(3);
    });
  });

  test("that nobody reads holds the process up like a pipe, and its exit is noticed all the same", async () => {
    const size = 64 * 1024;
    let taken = 0;
    let hasExited = false;
    const upgrade = (socket: Duplex): void => {
      const write = (): void => {
        if (taken < 400) socket.write(frame("stdout", Buffer.alloc(size)), () => write());
        taken += 1;
      };
      write();
      socket.once("end", () => socket.destroy());
    };
    const inspect = (response: ServerResponse) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(JSON.stringify(hasExited ? { Running: false, ExitCode: 5 } : { Running: true }));
    };
    await withEngine(script({ [START]: { upgrade }, [INSPECT]: inspect }), async ({ docker }) => {
      const { exitCode } = await docker.spawn("web", ["x"]);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const then = taken;
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(taken).toBe(then);
      expect(taken).toBeLessThan(100);
      hasExited = true;
      expect(await exitCode).toBe(5);
    });
  });

  test("may end before the process does", async () => {
    const inspections = [running, running, running, exited(4)];
    await withEngine(script({ [INSPECT]: inspections }), async ({ docker }) => {
      const spawned = await docker.spawn("web", ["x"]);
      expect(await text(spawned.stdout)).toBe("hi");
      expect(await spawned.exitCode).toBe(4);
    });
  });

  test("of which both streams are destroyed closes the connection, and the exit code is still told", async () => {
    const inspections = [running, running, exited(6)];
    const changes = { [START]: { upgrade: idle }, [INSPECT]: inspections };
    await withEngine(script(changes), async ({ docker, underWay }) => {
      const { exitCode, stderr, stdout } = await docker.spawn("web", ["x"]);
      stdout.destroy();
      stderr.destroy();
      await until("no connection is busy", () => underWay() === 0);
      expect(await exitCode).toBe(6);
    });
  });
});

describe("stdin", () => {
  const echo = (socket: Duplex): void => {
    let input = "";
    socket.on("data", (chunk: Buffer) => {
      input += chunk;
    });
    socket.on("end", () => socket.end(frame("stdout", input)));
  };

  test("is written while the process runs, and its end half-closes", async () => {
    await withEngine(script({ [START]: { upgrade: echo } }), async ({ docker }) => {
      const cat = await docker.spawn("web", ["cat"]);
      cat.stdin.write("one ");
      cat.stdin.end("two");
      expect(await text(cat.stdout)).toBe("one two");
    });
  });

  test("that a failing pipeline destroys ends too", async () => {
    await withEngine(script({ [START]: { upgrade: echo } }), async ({ docker }) => {
      const cat = await docker.spawn("web", ["cat"]);
      async function* source() {
        yield "some";
        throw new Error("disk gone");
      }
      await expect(pipeline(source(), cat.stdin)).rejects.toThrow("disk gone");
      expect(await text(cat.stdout)).toBe("some");
      expect(await cat.exitCode).toBe(3);
    });
  });

  test.each([
    { written: "line\n", arrives: "line\n\u0004" },
    { written: "no line end", arrives: "no line end\u0004\u0004" },
  ])("of a terminal ends $written with Ctrl-D", async ({ written, arrives }) => {
    let input = "";
    const upgrade = (socket: Duplex): void => {
      socket.on("data", (chunk: Buffer) => {
        input += chunk;
        if (input.length === arrives.length) setTimeout(() => socket.end("ended"), 20);
      });
      socket.on("end", () => socket.end("cut off"));
    };
    await withEngine(script({ [START]: { upgrade, type: "raw" } }), async ({ docker }) => {
      const cat = await docker.spawn("web", ["cat"], { tty: true });
      cat.stdin.end(written);
      expect(await text(cat.stdout)).toBe("ended");
      expect(input).toBe(arrives);
    });
  });

  test("of a terminal ends with Ctrl-D when it is destroyed", async () => {
    let input = "";
    const upgrade = (socket: Duplex): void => {
      socket.on("data", (chunk: Buffer) => {
        input += chunk;
        if (input.endsWith("\x04")) socket.end("ended");
      });
    };
    await withEngine(script({ [START]: { upgrade, type: "raw" } }), async ({ docker }) => {
      const cat = await docker.spawn("web", ["cat"], { tty: true });
      cat.stdin.write("a\n");
      cat.stdin.destroy();
      expect(await text(cat.stdout)).toBe("ended");
      expect(input).toBe("a\n\x04");
    });
  });

  test("is null and not attached without it", async () => {
    await withEngine(script(), async ({ docker, bodies }) => {
      const { stdin } = await docker.spawn("web", ["x"], { stdin: false });
      expect(stdin).toBeNull();
      expect(bodies[0]).toMatchObject({ AttachStdin: false });
    });
  });

  test("may be written to after the exit without ending the program", async () => {
    await withEngine(script(), async ({ docker }) => {
      const { exitCode, stdin } = await docker.spawn("web", ["x"]);
      await exitCode;
      stdin.write("too late");
      stdin.end();
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
  });
});

describe("a failure", () => {
  test.each([
    { step: "creating", changes: { [CREATE]: { status: 404, json: { message: "no such container" } } } },
    { step: "starting", changes: { [START]: { status: 404, json: { message: "no such exec" } } } },
  ])("when $step is that of spawn", async ({ changes }) => {
    await withEngine(script(changes), async ({ docker, underWay }) => {
      const error = await docker.spawn("web", ["x"]).catch((caught) => caught);
      expect(isEngineError(error, 404)).toBe(true);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  /** The client's kernel reports a reset, because what it has sent is not read. */
  const cut = (socket: Duplex): void => void setTimeout(() => socket.destroy(), 50);
  const later: { what: string; changes: Script; type: abstract new (...args: never[]) => Error }[] = [
    {
      what: "a frame that is cut off",
      changes: { [START]: { upgrade: (socket) => socket.end(frame("stdout", "cut").subarray(0, 9)) } },
      type: StreamError,
    },
    { what: "a signal", changes: { [START]: { upgrade: idle } }, type: AbortedError },
    { what: "a timeout", changes: { [START]: { upgrade: idle } }, type: TimeoutError },
  ];
  test.each(later)("by $what fails the streams and the exit code with one error", async (given) => {
    const abort = new AbortController();
    const options: SpawnOptions =
      given.type === TimeoutError
        ? { timeout: 100 }
        : given.type === AbortedError
          ? { signal: abort.signal }
          : {};
    await withEngine(script(given.changes), async ({ docker, underWay }) => {
      const spawned = await docker.spawn("web", ["x"], options);
      const failed = text(spawned.stdout).catch((error) => error);
      const other = text(spawned.stderr).catch((error) => error);
      if (given.type === AbortedError) abort.abort(new Error("enough"));
      const error = await spawned.exitCode.catch((caught) => caught);
      expect(error).toBeInstanceOf(given.type);
      expect(await failed).toBe(error);
      expect(await other).toBe(error);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test.each([true, false])("of the connection is one too, with the output read: %s", async (isRead) => {
    await withEngine(script({ [START]: { upgrade: cut } }), async ({ docker }) => {
      const spawned = await docker.spawn("web", ["x"]);
      spawned.stdin.write(Buffer.alloc(2 ** 20));
      const read = isRead && text(spawned.stdout).catch((error) => error);
      const error = await spawned.exitCode.catch((caught) => caught);
      expect(error).toBeInstanceOf(StreamError);
      expect(error.message).toMatch(/^spawn: the connection broke after 0 bytes \(.*(ECONNRESET|EPIPE)\)$/);
      if (read) expect(await read).toBe(error);
      else expect(await text(spawned.stdout).catch((caught) => caught)).toBe(error);
    });
  });

  test("of the Engine that is only seen when it is asked for the exit code is one of all", async () => {
    await withEngine(script({ [INSPECT]: "cut" }), async ({ docker }) => {
      const { exitCode, stdout } = await docker.spawn("web", ["x"]);
      expect(await text(stdout)).toBe("hi");
      await expect(exitCode).rejects.toThrow(ConnectionError);
    });
  });

  test("that nobody handles ends nothing", async () => {
    await withEngine(script({ [INSPECT]: "cut" }), async ({ docker, underWay }) => {
      await docker.spawn("web", ["x"]);
      await until("no connection is busy", () => underWay() === 0);
      await new Promise((resolve) => setTimeout(resolve, 50));
    });
  });
});

describe("the end of its limits", () => {
  test.each([
    { phase: "creating", changes: { [CREATE]: "hang" as const }, kills: false },
    { phase: "starting", changes: { [START]: "hang" as const }, kills: true },
  ])("while $phase is that of spawn, and kills what may have begun: $kills", async ({ changes, kills }) => {
    await withEngine(script(changes), async ({ docker, calls, underWay }) => {
      await expect(docker.spawn("web", ["x"], { timeout: 100 })).rejects.toThrow(TimeoutError);
      expect(calls.includes(KILL)).toBe(kills);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("kills the process before the exit code rejects", async () => {
    const abort = new AbortController();
    await withEngine(script({ [START]: { upgrade: idle } }), async ({ docker, bodies, calls }) => {
      const options = { signal: abort.signal, user: "me", privileged: true };
      const { exitCode } = await docker.spawn("web", ["x"], options);
      abort.abort();
      await expect(exitCode).rejects.toThrow("spawn was aborted");
      expect(calls.slice(2)).toEqual([CREATE, KILL, KILLED]);
      const marker = String((bodies[0] as { Env: string[] }).Env.at(-1)).replace(/^.*=/, "");
      expect(bodies[2]).toMatchObject({ User: "me", Privileged: true });
      expect((bodies[2] as { Cmd: string[] }).Cmd).toEqual([
        "sh",
        "-c",
        expect.any(String),
        "sh",
        marker,
        "KILL",
      ]);
    });
  });

  test("keeps its error if the process cannot be killed", async () => {
    const changes = { [START]: { upgrade: idle }, [KILLED]: exited(127), [INSPECT]: running };
    await withEngine(script(changes), async ({ docker }) => {
      const { exitCode } = await docker.spawn("web", ["x"], { timeout: 100 });
      await expect(exitCode).rejects.toThrow("spawn did not finish within 100 ms");
    });
  });

  test("does not come after the exit", async () => {
    const abort = new AbortController();
    await withEngine(script(), async ({ docker, calls, underWay }) => {
      const { exitCode, stdout } = await docker.spawn("web", ["x"], { signal: abort.signal });
      expect(await exitCode).toBe(3);
      await until("no connection is busy", () => underWay() === 0);
      abort.abort();
      expect(await text(stdout)).toBe("hi");
      expect(calls).not.toContain(KILL);
    });
  });
});

describe("kill", () => {
  test.each([
    [undefined, "KILL"],
    ["SIGTERM", "TERM"],
    [2, "2"],
  ] as const)("sends %s as %s", async (signal, sent) => {
    await withEngine(
      script({ [START]: { upgrade: idle }, [INSPECT]: running }),
      async ({ docker, bodies }) => {
        const spawned = await docker.spawn("web", ["x"]);
        await spawned.kill(signal);
        expect((bodies[2] as { Cmd: string[] }).Cmd.at(-1)).toBe(sent);
      },
    );
  });

  test("does nothing after the exit", async () => {
    await withEngine(script(), async ({ docker, calls }) => {
      const spawned = await docker.spawn("web", ["x"]);
      await spawned.exitCode;
      await spawned.kill();
      await spawned.resize({ columns: 1, rows: 1 }).catch(() => undefined);
      expect(calls).toEqual([CREATE, START, INSPECT]);
    });
  });

  test("of a process that has just exited, or whose container has, is not a failure", async () => {
    for (const inspected of [exited(0), { status: 404, json: { message: "no such exec" } }]) {
      const changes = { [START]: { upgrade: idle }, [INSPECT]: inspected, [KILLED]: exited(3) };
      await withEngine(script(changes), async ({ docker }) => {
        const spawned = await docker.spawn("web", ["x"]);
        await spawned.kill();
      });
    }
  });

  test.each([
    { what: "without sh", code: 127, says: "which has no sh (not found)" },
    { what: "with a shell that fails", code: 2, says: "which fails with exit code 2 (not found)" },
    { what: "that shows no process", code: 3, says: "kill does not find the process" },
  ])("in a container $what is unsupported, and says what to do", async ({ code, says }) => {
    const changes: Script = {
      [CREATE]: [
        { status: 201, json: { Id: "e1" } },
        { status: 201, json: { Id: "k1" } },
      ],
      [START]: { upgrade: idle },
      [INSPECT]: running,
      [KILL]: { upgrade: (socket) => socket.end(frame("stdout", "not found")) },
      [KILLED]: exited(code),
    };
    await withEngine(script(changes), async ({ docker }) => {
      const spawned = await docker.spawn("web", ["x"]);
      const error = await spawned.kill().catch((caught) => caught);
      expect(error).toBeInstanceOf(UnsupportedError);
      expect(error.message).toContain(says);
      expect(error.message).toContain("have the command end by itself");
    });
  });

  test.each(["KILL IT", "", "SIGFOO", "RTMIN+", 0, 65, 1.5, "sigterm; rm -rf /", null])(
    "refuses the signal %j",
    async (signal) => {
      await withEngine(script({ [START]: { upgrade: idle } }), async ({ docker, calls }) => {
        const spawned = await docker.spawn("web", ["x"]);
        const error = await spawned.kill(signal as never).catch((caught) => caught);
        expect(error).toBeInstanceOf(ArgumentError);
        expect(error.message).toContain('the signal must be a name such as "SIGTERM"');
        expect(calls).toHaveLength(2);
      });
    },
  );
});

describe("resize", () => {
  const terminal = { upgrade: idle, type: "raw" as const };
  const later = { status: 500, json: { message: "not started yet" } };

  test("is tried again while the process is about to start", async () => {
    const changes = { [START]: terminal, [INSPECT]: running, [RESIZE]: [later, later, { status: 200 }] };
    await withEngine(script(changes), async ({ docker, calls }) => {
      const shell = await docker.spawn("web", ["sh"], { tty: true });
      await shell.resize({ columns: 100, rows: 30 });
      expect(calls.slice(2)).toEqual(Array(3).fill(`${RESIZE}?h=30&w=100`));
    });
  });

  test("of a process that exits meanwhile is not a failure", async () => {
    const { socket, upgrade } = speaking();
    const changes = { [START]: { upgrade, type: "raw" as const }, [RESIZE]: { status: 409, json: {} } };
    await withEngine(script(changes), async ({ docker }) => {
      const shell = await docker.spawn("web", ["sh"], { tty: true });
      const resized = shell.resize({ columns: 100, rows: 30 });
      (await socket()).end();
      await resized;
    });
  });

  test("that the Engine refuses is its error", async () => {
    const changes = { [START]: terminal, [RESIZE]: { status: 400, json: { message: "too wide" } } };
    await withEngine(script(changes), async ({ docker }) => {
      const shell = await docker.spawn("web", ["sh"], { tty: true });
      const error = await shell.resize({ columns: 100, rows: 30 }).catch((caught) => caught);
      expect(isEngineError(error, 400)).toBe(true);
    });
  });

  test("needs a terminal, and two positive whole numbers", async () => {
    await withEngine(script({ [START]: { upgrade: idle } }), async ({ docker }) => {
      const spawned = await docker.spawn("web", ["x"]);
      await expect(spawned.resize({ columns: 1, rows: 1 })).rejects.toThrow(
        "spawn: there is no terminal to resize",
      );
      for (const size of [{ columns: 0, rows: 1 }, { columns: 80 }, null, { columns: 80, rows: 1.5 }]) {
        await expect(spawned.resize(size as never)).rejects.toThrow(/must be a whole number from 1 to 65535/);
      }
    });
  });
});

test("leaving an await using block kills the process and closes the connection", async () => {
  const { socket, upgrade } = speaking();
  const kill = async (response: Duplex): Promise<void> => {
    (await socket()).end();
    response.end();
  };
  await withEngine(
    script({ [START]: { upgrade }, [KILL]: { upgrade: kill } }),
    async ({ docker, calls, underWay }) => {
      {
        await using spawned = await docker.spawn("web", ["x"]);
        expect(spawned.id).toBe("e1");
      }
      expect(calls).toContain(KILL);
      expect(underWay()).toBe(0);
    },
  );
});

test.each<{ what: string; cmd?: unknown; options?: object; message: string }>([
  {
    what: "a command that is a string",
    cmd: "ls -l",
    message: "spawn: the command must be an array of strings",
  },
  { what: "an empty command", cmd: [], message: "spawn: the command is empty" },
  {
    what: "input as stdin",
    options: { stdin: "secret" },
    message:
      "the option stdin must be true or false; write input to the stdin of what is returned, not a string",
  },
  {
    what: "a size without a terminal",
    options: { size: { columns: 1, rows: 1 } },
    message: "set tty to true too",
  },
  {
    what: "half a size",
    options: { tty: true, size: { rows: 1 } },
    message: "the option size: columns must be",
  },
  {
    what: "an option of child_process",
    options: { cwd: "/" },
    message: "the option cwd is unknown; write workingDir instead",
  },
  {
    what: "a shell, as child_process has it",
    options: { shell: true },
    message: 'the option shell is unknown; pass the shell as the command: ["sh", "-c", "…"]',
  },
  {
    what: "stdio, as child_process has it",
    options: { stdio: "inherit" },
    message: "the option stdio is unknown; the handle has stdin, stdout and stderr",
  },
])("$what is refused, and nothing is sent", async ({ cmd = ["x"], options, message }) => {
  await withEngine(script(), async ({ docker, calls }) => {
    const error = await docker
      .spawn("web", cmd as string[], options as SpawnOptions)
      .catch((caught) => caught);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("secret");
    expect(calls).toEqual([]);
  });
});
