import { type Duplex, Readable, Writable } from "node:stream";
import {
  AbortedError,
  ArgumentError,
  ConnectionError,
  isEngineError,
  type RunOptions,
  StreamError,
  TimeoutError,
} from "../../../../src/index.js";
import { frame } from "../../../helpers/frames.js";
import { until } from "../../../helpers/waiting.js";
import { idle, type Script, withEngine } from "../scripted-engine.js";

const CREATE = "POST /containers/create";
const WAIT = "POST /containers/c1/wait";
const ATTACH = "POST /containers/c1/attach";
const START = "POST /containers/c1/start";
const LOOK = "GET /containers/c1/json";
const DELETE = "DELETE /containers/c1";
const PULL = "POST /images/create";
const DELETED = `${DELETE}?force=true&v=true`;

/** A container that starts, writes "hi" and exits with 7, with changes. */
function script(changes: Script = {}): Script {
  let hasStarted = false;
  let started: () => void = () => undefined;
  const start = new Promise<void>((resolve) => {
    started = resolve;
  });
  return {
    [CREATE]: { status: 201, json: { Id: "c1", Warnings: [] } },
    [WAIT]: async (response) => {
      response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
      await start;
      response.end('{"StatusCode":7}');
    },
    [ATTACH]: {
      upgrade: (socket) => {
        socket.resume().once("end", () => hasStarted || socket.destroy());
        void start.then(() => socket.end(frame("stdout", "hi")));
      },
    },
    [START]: (response) => {
      hasStarted = true;
      started();
      response.writeHead(204).end();
    },
    [DELETE]: { status: 204 },
    ...changes,
  };
}

const paths = (calls: readonly string[]): string[] => calls.map((call) => call.split("?")[0] ?? "");

test("the wait and the streams are in place before the start, and remove deletes the container", async () => {
  await withEngine(script(), async ({ docker, calls, underWay }) => {
    const result = await docker.run("box", ["x"], { remove: true });
    expect(result).toEqual({ id: "c1", exitCode: 7, stdout: "hi", stderr: "" });
    expect(calls).toEqual([
      CREATE,
      `${WAIT}?condition=next-exit`,
      `${ATTACH}?stream=true&stdin=false&stdout=true&stderr=true`,
      START,
      DELETED,
    ]);
    await until("no connection is busy", () => underWay() === 0);
  });
});

/** A wait that begins to watch after its answer has begun, as Podman's did until 2026: it never tells of a fast exit. */
const lateWait: Script = {
  [WAIT]: (response) => response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders(),
};
const inspected = (State: object) => ({ json: { Id: "c1", State } });
const missing = { status: 404, json: { message: "no such container" } };

test("a container that exits before the Engine waits for it is inspected", async () => {
  const states = [
    inspected({ Status: "running", ExitCode: 0 }),
    inspected({ Status: "exited", ExitCode: 7 }),
  ];
  await withEngine(script({ ...lateWait, [LOOK]: states }), async ({ docker, calls, underWay }) => {
    expect(await docker.run("box", [], { remove: true })).toMatchObject({ exitCode: 7, stdout: "hi" });
    expect(paths(calls).slice(-3)).toEqual([LOOK, LOOK, DELETE]);
    await until("no connection is busy", () => underWay() === 0);
  });
});

test("a container of which neither the wait nor an inspection tells is an error", async () => {
  await withEngine(script({ ...lateWait, [LOOK]: missing }), async ({ docker }) => {
    await expect(docker.run("box")).rejects.toThrow("c1 was removed before the Engine told its exit code");
  });
});

test("an inspection that fails ends the run", async () => {
  const broken = { status: 500, json: { message: "database is locked" } };
  await withEngine(script({ ...lateWait, [LOOK]: broken }), async ({ docker, calls }) => {
    await expect(docker.run("box")).rejects.toThrow("database is locked");
    expect(paths(calls).at(-1)).toBe(DELETE);
  });
});

test("without remove the container is kept", async () => {
  await withEngine(script(), async ({ docker, calls }) => {
    expect(await docker.run("box")).toMatchObject({ id: "c1", exitCode: 7 });
    expect(paths(calls)).toEqual([CREATE, WAIT, ATTACH, START]);
  });
});

test("the start waits for the wait's headers", async () => {
  let answer: () => void = () => undefined;
  const late: Script = {
    [WAIT]: (response) => {
      answer = () => response.writeHead(200, { "Content-Type": "application/json" }).end('{"StatusCode":0}');
    },
  };
  await withEngine(script(late), async ({ docker, calls }) => {
    const running = docker.run("box");
    await until("the wait arrived", () => paths(calls).includes(WAIT));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(paths(calls)).toEqual([CREATE, WAIT]);
    answer();
    expect((await running).exitCode).toBe(0);
  });
});

test("the options go into the container, before what create says", async () => {
  const options: RunOptions = {
    env: { A: "1" },
    user: "nobody",
    workingDir: "/tmp",
    name: "job",
    platform: { os: "linux", architecture: "arm", variant: "v5" },
    stdin: "x",
    create: { Image: "other", Env: ["B=2"], Labels: { a: "b" }, HostConfig: { NetworkMode: "none" } },
  };
  await withEngine(script(), async ({ docker, bodies, calls }) => {
    await docker.run("box", ["sh"], options);
    expect(calls[0]).toBe(`${CREATE}?name=job&platform=linux%2Farm%2Fv5`);
    expect(bodies[0]).toEqual({
      Image: "box",
      Cmd: ["sh"],
      Env: ["B=2", "A=1"],
      User: "nobody",
      WorkingDir: "/tmp",
      Labels: { a: "b" },
      HostConfig: { NetworkMode: "none" },
      Tty: false,
      AttachStdin: true,
      OpenStdin: true,
      StdinOnce: true,
      AttachStdout: true,
      AttachStderr: true,
    });
  });
});

test("stdin is written after the start, and its end half-closes", async () => {
  let input = "";
  let startedFirst = false;
  await withEngine(
    script({
      [ATTACH]: {
        upgrade: (socket: Duplex) => {
          socket.on("data", (chunk: Buffer) => {
            input += chunk;
            startedFirst = paths(engineCalls).includes(START);
          });
          socket.on("end", () => socket.end(frame("stdout", `got ${input}`)));
        },
      },
    }),
    async ({ docker, calls }) => {
      engineCalls = calls;
      expect((await docker.run("box", ["cat"], { stdin: Readable.from(["a", "b"]) })).stdout).toBe("got ab");
      expect(startedFirst).toBe(true);
    },
  );
});
let engineCalls: readonly string[] = [];

describe("the image", () => {
  const missing = { status: 404, json: { message: "No such image" } };
  const created = { status: 201, json: { Id: "c1" } };
  const progress = { json: { status: "Pulling" } };
  const INSPECT = "GET /images/box:1/json";

  test("that is missing is pulled, with platform, login and progress", async () => {
    const seen: (string | undefined)[] = [];
    const changes = { [CREATE]: [missing, created], [INSPECT]: missing, [PULL]: progress };
    await withEngine(script(changes), async ({ docker, calls }) => {
      const onProgress = ({ status }: { status?: string }) => seen.push(status);
      const result = await docker.run("box:1", [], { platform: "linux/arm64", onProgress });
      expect(result.exitCode).toBe(7);
      expect(calls.slice(0, 3)).toEqual([
        `${CREATE}?platform=linux%2Farm64`,
        `${PULL}?fromImage=box&tag=1&platform=linux%2Farm64`,
        `${CREATE}?platform=linux%2Farm64`,
      ]);
      expect(seen).toEqual(["Pulling"]);
    });
  });

  test("is pulled first with always", async () => {
    await withEngine(script({ [PULL]: progress }), async ({ docker, calls }) => {
      await docker.run("box", [], { pull: "always" });
      expect(calls[0]).toBe(`${PULL}?fromImage=box&tag=latest`);
    });
  });

  test.each([
    { what: "with never", image: "box:1", options: { pull: "never" } as const, inspect: missing },
    {
      what: "when it is there, and something else is missing",
      image: "box:1",
      options: {},
      inspect: { json: {} },
    },
    { what: "when it is named by its ID", image: "a".repeat(64), options: {}, inspect: missing },
  ])("is not pulled $what", async ({ image, options, inspect }) => {
    const changes = { [CREATE]: missing, [INSPECT]: inspect };
    await withEngine(script(changes), async ({ docker, calls }) => {
      const error = await docker.run(image, [], options).catch((caught) => caught);
      expect(isEngineError(error, 404)).toBe(true);
      expect(paths(calls)).not.toContain(PULL);
    });
  });

  test("that cannot be pulled is the pull's failure", async () => {
    const denied = { json: { errorDetail: { message: "denied" } } };
    const changes = { [CREATE]: missing, [INSPECT]: missing, [PULL]: denied };
    await withEngine(script(changes), async ({ docker, calls }) => {
      await expect(docker.run("box:1")).rejects.toThrow("ImageCreate failed: denied");
      expect(paths(calls)).not.toContain(DELETE);
    });
  });
});

const failure = { status: 500, json: { message: "broken" } };

describe("a failure leaves no container and no connection behind", () => {
  test.each([
    { step: WAIT, changes: { [WAIT]: failure }, type: "EngineError" },
    { step: ATTACH, changes: { [ATTACH]: failure }, type: "EngineError" },
    { step: START, changes: { [START]: failure }, type: "EngineError" },
    { step: "the wait, cut", changes: { [WAIT]: "cut" as const }, type: "ConnectionError" },
    { step: "the start, cut", changes: { [START]: "cut" as const }, type: "ConnectionError" },
    {
      step: "the output",
      changes: { [ATTACH]: { upgrade: (socket: Duplex) => void socket.end(Buffer.from([9])) } },
      type: "StreamError",
    },
    {
      step: "the wait's result",
      changes: { [WAIT]: { json: { StatusCode: 0, Error: { Message: "lost it" } } } },
      type: "StreamError",
    },
  ])("at $step", async ({ changes, type }) => {
    const stdin = new Readable({ read: () => undefined });
    await withEngine(script(changes), async ({ docker, calls, underWay }) => {
      const error = await docker.run("box", ["x"], { stdin }).catch((caught) => caught);
      expect(error.name).toBe(type);
      expect(calls.at(-1)).toBe(DELETED);
      expect(stdin.destroyed).toBe(true);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("at the create there is nothing to delete", async () => {
    await withEngine(script({ [CREATE]: failure }), async ({ docker, calls }) => {
      const error = await docker.run("box", ["x"], { remove: true }).catch((caught) => caught);
      expect(isEngineError(error, 500)).toBe(true);
      expect(calls).toEqual([CREATE]);
    });
  });

  test("of the source of stdin, or of a stream for the output", async () => {
    const busy = {
      [WAIT]: (response: import("node:http").ServerResponse) => response.writeHead(200).flushHeaders(),
      [ATTACH]: {
        upgrade: (socket: Duplex) => {
          socket.write(frame("stdout", "x"));
          idle(socket);
        },
      },
    };
    await withEngine(script(busy), async ({ docker, calls, underWay }) => {
      const stdin = (async function* () {
        yield "a";
        throw new Error("disk gone");
      })();
      await expect(docker.run("box", ["x"], { stdin })).rejects.toThrow(ArgumentError);
      expect(calls.at(-1)).toBe(DELETED);
      const stdout = new Writable({ highWaterMark: 1, write: () => undefined });
      setTimeout(() => stdout.destroy(), 50);
      await expect(docker.run("box", ["x"], { stdout })).rejects.toThrow(StreamError);
      expect(calls.at(-1)).toBe(DELETED);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("a timeout is heard while a stream does not take the output of a command that has ended", async () => {
    await withEngine(script(), async ({ docker, calls }) => {
      const stdout = new Writable({ write: () => undefined });
      await expect(docker.run("box", ["x"], { stdout, timeout: 200 })).rejects.toThrow(TimeoutError);
      expect(calls.at(-1)).toBe(DELETED);
    });
  });

  test.each([404, 409])(
    "a container that is gone or going (%i) is not a failure of the removal",
    async (status) => {
      const changes = { [DELETE]: { status, json: { message: "gone" } } };
      await withEngine(script(changes), async ({ docker }) => {
        expect((await docker.run("box", [], { remove: true })).exitCode).toBe(7);
      });
    },
  );

  test("what cannot be removed is named, with the reason of it all as the cause", async () => {
    await withEngine(script({ [START]: failure, [DELETE]: failure }), async ({ docker }) => {
      const error = await docker.run("box").catch((caught) => caught);
      expect(error).toBeInstanceOf(StreamError);
      expect(error.message).toContain("its container c1 may be left behind: ContainerDelete failed");
      expect(isEngineError(error.cause, 500)).toBe(true);
    });
  });
});

describe("an end from outside leaves no container and no connection behind", () => {
  const waiting = (response: import("node:http").ServerResponse) => {
    response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
  };
  const phases: { phase: string; reached: string; changes: Script; creates?: false }[] = [
    {
      phase: "pulling",
      reached: PULL,
      changes: {
        [CREATE]: { status: 404, json: {} },
        "GET /images/box/json": { status: 404, json: {} },
        [PULL]: "hang",
      },
      creates: false,
    },
    {
      phase: "creating",
      reached: CREATE,
      changes: {
        [CREATE]: (response) =>
          setTimeout(
            () => response.writeHead(201, { "Content-Type": "application/json" }).end('{"Id":"c1"}'),
            200,
          ),
      },
    },
    { phase: "registering the wait", reached: WAIT, changes: { [WAIT]: "hang" } },
    { phase: "attaching", reached: ATTACH, changes: { [ATTACH]: "hang" } },
    { phase: "starting", reached: START, changes: { [START]: "hang" } },
    { phase: "running", reached: START, changes: { [WAIT]: waiting, [ATTACH]: { upgrade: idle } } },
    { phase: "waiting after the output", reached: START, changes: { [WAIT]: waiting } },
  ];
  test.each(phases)("while $phase", async ({ reached, changes, creates = true }) => {
    for (const remove of [true, false]) {
      const abort = new AbortController();
      const reason = new Error("enough");
      await withEngine(script(changes), async ({ docker, calls, underWay }) => {
        const error = docker.run("box", ["x"], { signal: abort.signal, remove }).catch((caught) => caught);
        await until(reached, () => paths(calls).includes(reached));
        await new Promise((resolve) => setTimeout(resolve, 30));
        abort.abort(reason);
        expect(await error).toBeInstanceOf(AbortedError);
        expect((await error).cause).toBe(reason);
        if (creates) expect(calls.at(-1)).toBe(DELETED);
        else expect(paths(calls)).not.toContain(DELETE);
        await until("no connection is busy", () => underWay() === 0);
      });
    }
  });

  test.each(phases)("by a timeout while $phase", async ({ changes, creates = true }) => {
    await withEngine(script(changes), async ({ docker, calls, underWay }) => {
      await expect(docker.run("box", ["x"], { timeout: 150 })).rejects.toThrow(TimeoutError);
      if (creates) expect(calls.at(-1)).toBe(DELETED);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("an Engine that is gone is told with the container that may be left", async () => {
    await withEngine(script({ [START]: "cut", [DELETE]: "cut" }), async ({ docker }) => {
      const error = await docker.run("box").catch((caught) => caught);
      expect(error.message).toContain("its container c1 may be left behind");
      expect(error.cause).toBeInstanceOf(ConnectionError);
    });
  });
});

test.each([
  { what: "an unknown policy", options: { pull: "sometimes" }, message: '"sometimes"' },
  { what: "an unusable platform", options: { platform: "arm" }, message: '"arm"' },
  { what: "stdin that cannot be read", options: { stdin: {} }, message: "stdin must be" },
])("$what is refused, and nothing is sent", async ({ options, message }) => {
  await withEngine(script(), async ({ docker, calls }) => {
    const error = await docker.run("box", [], options as RunOptions).catch((caught) => caught);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(message);
    expect(calls).toEqual([]);
  });
});

test.each([null, {}, { Id: 5 }])("a run whose creation answers %j is a StreamError", async (json) => {
  await withEngine(script({ [CREATE]: { status: 201, json } }), async ({ docker, calls }) => {
    await expect(docker.run("box")).rejects.toThrow("ContainerCreate: the answer names no ID");
    expect(calls).toEqual([CREATE]);
  });
});
