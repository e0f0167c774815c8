import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import {
  AbortedError,
  ArgumentError,
  isEngineError,
  type LaunchOptions,
  StreamError,
  TimeoutError,
} from "../../../../src/index.js";
import { frame } from "../../../helpers/frames.js";
import { until } from "../../../helpers/waiting.js";
import { idle, type Script, withEngine } from "../scripted-engine.js";

const CREATE = "POST /containers/create";
const LOOK = "GET /containers/c1/json";
const WAIT = "POST /containers/c1/wait";
const ATTACH = "POST /containers/c1/attach";
const START = "POST /containers/c1/start";
const KILL = "POST /containers/c1/kill";
const DELETE = "DELETE /containers/c1";
const DELETED = `${DELETE}?force=true&v=true`;

interface Container {
  readonly script: Script;
  /** Has the process exit. */
  readonly exit: (code?: number) => void;
}

/** A container that writes "hi" and runs until it exits, with changes. */
function container(changes: Script = {}): Container {
  let exit: Container["exit"] = () => undefined;
  const exited = new Promise<number>((resolve) => {
    exit = (code = 0) => resolve(code);
  });
  const script: Script = {
    [CREATE]: { status: 201, json: { Id: "c1", Warnings: [] } },
    [LOOK]: { json: { Id: "c1", Name: "/lucid_babbage", State: { Status: "running", ExitCode: 0 } } },
    [WAIT]: async (response) => {
      response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
      const code = await exited;
      response.end(JSON.stringify({ StatusCode: code }));
    },
    [ATTACH]: {
      upgrade: (socket) => {
        socket.write(frame("stdout", "hi"));
        socket.resume().once("end", () => socket.destroy());
        void exited.then(() => socket.end(frame("stderr", "bye")));
      },
    },
    [START]: { status: 204 },
    [KILL]: (response) => {
      exit(137);
      response.writeHead(204).end();
    },
    [DELETE]: (response) => {
      exit(137);
      response.writeHead(204).end();
    },
    ...changes,
  };
  return { script, exit };
}

const paths = (calls: readonly string[]): string[] => calls.map((call) => call.split("?")[0] ?? "");

test("the container is attached to and started, but not waited for", async () => {
  const { script, exit } = container();
  await withEngine(script, async ({ docker, bodies, calls, underWay }) => {
    const launched = await docker.launch("box", ["sh"], { name: "web" });
    expect({ id: launched.id, name: launched.name }).toEqual({ id: "c1", name: "web" });
    expect(calls).toEqual([
      `${CREATE}?name=web`,
      `${WAIT}?condition=next-exit`,
      `${ATTACH}?stream=true&stdin=true&stdout=true&stderr=true`,
      START,
    ]);
    expect(bodies[0]).toMatchObject({
      Image: "box",
      Cmd: ["sh"],
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      Tty: false,
    });
    exit(7);
    expect(await text(launched.stdout)).toBe("hi");
    expect(await text(launched.stderr)).toBe("bye");
    expect(await launched.exitCode).toBe(7);
    await until("no connection is busy", () => underWay() === 0);
    expect(calls).toHaveLength(4);
  });
});

test("a name that the Engine generates is asked for", async () => {
  const { script, exit } = container();
  await withEngine(script, async ({ docker }) => {
    const { exitCode, name } = await docker.launch("box");
    expect(name).toBe("lucid_babbage");
    exit();
    await exitCode;
  });
});

test("without attach there are no streams, and still an exit code", async () => {
  const { script, exit } = container();
  await withEngine(script, async ({ docker, bodies, calls }) => {
    const service = await docker.launch("box", [], { attach: false, name: "web" });
    expect(paths(calls)).toEqual([CREATE, WAIT, START]);
    expect(bodies[0]).not.toHaveProperty("OpenStdin");
    expect(service.stdin).toBeNull();
    expect(await text(service.stdout)).toBe("");
    expect(await text(service.stderr)).toBe("");
    exit(3);
    expect(await service.exitCode).toBe(3);
  });
});

test("ports, the size of the terminal and other settings go into the container, before what create says", async () => {
  const changes: Script = { [ATTACH]: { upgrade: idle, type: "raw" } };
  const { script, exit } = container(changes);
  await withEngine(script, async ({ docker, bodies }) => {
    const options: LaunchOptions = {
      name: "web",
      tty: true,
      size: { columns: 80, rows: 24 },
      ports: { 80: 8080, "53/udp": [0, "127.0.0.1:5353"] },
      create: {
        ExposedPorts: { "9/tcp": {} },
        HostConfig: { Memory: 5, PortBindings: { "9/tcp": [{ HostIp: "", HostPort: "9" }] } },
      },
    };
    const { exitCode } = await docker.launch("box", [], options);
    expect(bodies[0]).toMatchObject({
      Tty: true,
      ExposedPorts: { "9/tcp": {}, "80/tcp": {}, "53/udp": {} },
      HostConfig: {
        Memory: 5,
        ConsoleSize: [24, 80],
        PortBindings: {
          "9/tcp": [{ HostIp: "", HostPort: "9" }],
          "80/tcp": [{ HostIp: "", HostPort: "8080" }],
          "53/udp": [
            { HostIp: "", HostPort: "" },
            { HostIp: "127.0.0.1", HostPort: "5353" },
          ],
        },
      },
    });
    exit();
    await exitCode;
  });
});

test("with remove the container is gone when the exit code is told, and its output is not", async () => {
  const { script, exit } = container();
  await withEngine(script, async ({ docker, calls }) => {
    const launched = await docker.launch("box", [], { remove: true, name: "x" });
    exit(4);
    expect(await launched.exitCode).toBe(4);
    expect(calls.at(-1)).toBe(DELETED);
    expect(await text(launched.stdout)).toBe("hi");
  });
});

test("an exit that the wait has missed is found by inspections", async () => {
  const changes: Script = {
    [WAIT]: (response) => response.writeHead(200).flushHeaders(),
    [LOOK]: { json: { Id: "c1", Name: "/x", State: { Status: "exited", ExitCode: 6 } } },
  };
  for (const attach of [true, false]) {
    await withEngine(container(changes).script, async ({ docker }) => {
      const { exitCode } = await docker.launch("box", [], { attach, name: "x" });
      expect(await exitCode).toBe(6);
    });
  }
});

describe("a failure", () => {
  const failure = { status: 500, json: { message: "broken" } };
  test.each([
    { step: "the name", changes: { [LOOK]: failure } },
    { step: "the wait", changes: { [WAIT]: failure } },
    { step: "the attach", changes: { [ATTACH]: failure } },
    { step: "the start", changes: { [START]: failure } },
  ])("at $step is that of launch, and leaves no container", async ({ changes }) => {
    await withEngine(container(changes).script, async ({ docker, calls, underWay }) => {
      const error = await docker.launch("box").catch((caught) => caught);
      expect(isEngineError(error, 500)).toBe(true);
      expect(calls.at(-1)).toBe(DELETED);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  const busyWait = (response: ServerResponse) => response.writeHead(200).flushHeaders();
  const cutFrame = (socket: Duplex) => socket.end(frame("stdout", "cut").subarray(0, 9));
  const brokenWait = (response: ServerResponse) => {
    response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
    setTimeout(() => response.destroy(), 50);
  };
  test.each<{ what: string; changes: Script }>([
    { what: "the output", changes: { [WAIT]: busyWait, [ATTACH]: { upgrade: cutFrame } } },
    { what: "the wait", changes: { [WAIT]: brokenWait, [ATTACH]: { upgrade: idle } } },
    {
      what: "the wait's answer",
      changes: {
        [WAIT]: { json: { StatusCode: 0, Error: { Message: "lost it" } } },
        [ATTACH]: { upgrade: idle },
      },
    },
  ])("of $what later fails the streams and the exit code with one error", async ({ changes }) => {
    for (const remove of [false, true]) {
      await withEngine(container(changes).script, async ({ docker, calls, underWay }) => {
        const launched = await docker.launch("box", [], { remove, name: "x" });
        const failed = text(launched.stdout).catch((error) => error);
        const error = await launched.exitCode.catch((caught) => caught);
        expect(error).toBeInstanceOf(StreamError);
        expect(await failed).toBe(error);
        expect(calls.includes(DELETED)).toBe(remove);
        await until("no connection is busy", () => underWay() === 0);
      });
    }
  });

  test("of the removal rejects the exit code", async () => {
    const { script, exit } = container({ [DELETE]: failure });
    await withEngine(script, async ({ docker }) => {
      const { exitCode } = await docker.launch("box", [], { remove: true, name: "x" });
      exit();
      await expect(exitCode).rejects.toThrow("broken");
    });
  });
});

describe("the end of its limits", () => {
  test.each(["hang", "cut"] as const)("during a start that would %s leaves no container", async (start) => {
    await withEngine(container({ [START]: start }).script, async ({ docker, calls }) => {
      await expect(docker.launch("box", [], { timeout: 100, name: "x" })).rejects.toThrow();
      expect(calls.at(-1)).toBe(DELETED);
    });
  });

  test.each([
    { type: TimeoutError, remove: false, ends: KILL },
    { type: TimeoutError, remove: true, ends: DELETED },
    { type: AbortedError, remove: false, ends: KILL },
  ])("by $type.name with remove $remove is a $ends", async ({ type, remove, ends }) => {
    const abort = new AbortController();
    const limits = type === TimeoutError ? { timeout: 150 } : { signal: abort.signal };
    await withEngine(container().script, async ({ docker, calls, underWay }) => {
      const launched = await docker.launch("box", [], { ...limits, remove, name: "x" });
      const failed = text(launched.stdout).catch((error) => error);
      if (type === AbortedError) abort.abort(new Error("enough"));
      const error = await launched.exitCode.catch((caught) => caught);
      expect(error).toBeInstanceOf(type);
      expect(await failed).toBe(error);
      expect(calls.at(-1)).toBe(ends);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("spares a container that has exited", async () => {
    const abort = new AbortController();
    const { script, exit } = container();
    await withEngine(script, async ({ docker, calls }) => {
      const { exitCode } = await docker.launch("box", [], { signal: abort.signal, name: "x" });
      exit(2);
      expect(await exitCode).toBe(2);
      abort.abort();
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(paths(calls)).not.toContain(KILL);
    });
  });
});

test("kill sends the signal, and does not fail once the container has exited", async () => {
  const stopped = { status: 409, json: { message: "is not running" } };
  const { script } = container({ [KILL]: stopped });
  await withEngine(script, async ({ docker, calls }) => {
    await using launched = await docker.launch("box", [], { name: "x" });
    await launched.kill("SIGHUP");
    await launched.kill();
    expect(calls.slice(-2)).toEqual([`${KILL}?signal=HUP`, `${KILL}?signal=KILL`]);
  });
});

test("resize resizes the container's terminal", async () => {
  const changes: Script = {
    [ATTACH]: { upgrade: idle, type: "raw" },
    "POST /containers/c1/resize": { status: 200 },
  };
  const { script } = container(changes);
  await withEngine(script, async ({ docker, calls }) => {
    await using shell = await docker.launch("box", ["sh"], { tty: true, name: "x" });
    await shell.resize({ columns: 100, rows: 30 });
    expect(calls.at(-1)).toBe("POST /containers/c1/resize?h=30&w=100");
  });
});

test("leaving an await using block removes the container", async () => {
  await withEngine(container().script, async ({ docker, calls, underWay }) => {
    {
      await using launched = await docker.launch("box", [], { name: "x" });
      expect(launched.id).toBe("c1");
    }
    expect(calls.at(-1)).toBe(DELETED);
    await until("no connection is busy", () => underWay() === 0);
  });
});

test.each<{ what: string; image?: unknown; options?: object; message: string }>([
  { what: "no image", image: "", message: "launch: the image must be a name or an ID" },
  {
    what: "stdin without attach",
    options: { attach: false, stdin: true },
    message: "launch: stdin needs attach",
  },
  {
    what: "input as stdin",
    options: { stdin: Buffer.from("x") },
    message: "must be true or false; write input",
  },
  { what: "dockerode's detach", options: { detach: true }, message: "write attach: false instead" },
  {
    what: "the CLI's publish",
    options: { publish: "80:80" },
    message: 'write ports: { "80/tcp": 8080 } instead',
  },
  { what: "a port of no container", options: { ports: { http: 80 } }, message: 'cannot publish "http"' },
  { what: "port 0 of the container", options: { ports: { 0: 80 } }, message: 'cannot publish "0"' },
  { what: "a port beyond all", options: { ports: { 80: 65536 } }, message: "cannot publish 80 at 65536" },
  { what: "a list of ports", options: { ports: ["80:80"] }, message: "the option ports must be an object" },
  { what: "a range that falls", options: { ports: { 80: "9-8" } }, message: 'cannot publish 80 at "9-8"' },
  { what: "the name of a host", options: { ports: { 80: "localhost:0" } }, message: "give an IP address" },
  { what: "the CLI's two ports", options: { ports: { 80: "8080:80" } }, message: "write { 80: 8080 }" },
  { what: "an address without brackets", options: { ports: { 80: "::1:80" } }, message: '"::1:80"' },
])("$what is refused, and nothing is sent", async ({ image = "box", options, message }) => {
  await withEngine(container().script, async ({ docker, calls }) => {
    const error = await docker
      .launch(image as string, [], options as LaunchOptions)
      .catch((caught) => caught);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(message);
    expect(calls).toEqual([]);
  });
});

test.each([
  [8080, { HostIp: "", HostPort: "8080" }],
  ["0", { HostIp: "", HostPort: "" }],
  ["127.0.0.2:80", { HostIp: "127.0.0.2", HostPort: "80" }],
  ["[::1]:0", { HostIp: "::1", HostPort: "" }],
  ["127.0.0.1:8000-8010", { HostIp: "127.0.0.1", HostPort: "8000-8010" }],
])("a port published at %j is %j", async (place, binding) => {
  const { script, exit } = container();
  await withEngine(script, async ({ docker, bodies }) => {
    const { exitCode } = await docker.launch("box", [], {
      ports: { "80/sctp": place },
      attach: false,
      name: "x",
    });
    expect(bodies[0]).toMatchObject({ HostConfig: { PortBindings: { "80/sctp": [binding] } } });
    exit();
    await exitCode;
  });
});

test.each([null, {}, [], 5, { StatusCode: "0" }])("a wait that answers %j is an error", async (answer) => {
  const { script } = container({ [WAIT]: { json: answer } });
  await withEngine(script, async ({ docker }) => {
    const launched = await docker.launch("box", [], { name: "x" });
    const error = await launched.exitCode.catch((caught) => caught);
    expect(error).toBeInstanceOf(StreamError);
    expect(error.message).toContain("without an exit code");
  });
});
