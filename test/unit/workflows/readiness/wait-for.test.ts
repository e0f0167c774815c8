import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  AbortedError,
  ArgumentError,
  type Condition,
  isEngineError,
  ReadinessError,
  TimeoutError,
  until,
} from "../../../../src/index.js";
import { frame } from "../../../helpers/frames.js";
import { until as eventually } from "../../../helpers/waiting.js";
import { type Reaction, type Script, type ScriptedEngine, withEngine } from "../scripted-engine.js";

const INSPECT = "GET /containers/web/json";
const LOOK = "GET /containers/c1/json";
const EVENTS = "GET /events";
const LOGS = "GET /containers/c1/logs";
const EXEC = "POST /containers/c1/exec";
const START = "POST /exec/e1/start";
const RESULT = "GET /exec/e1/json";

const NEVER = "0001-01-01T00:00:00Z";

/** An inspection. */
const state = (Status: string, more: { readonly Ports?: object; readonly State?: object } = {}) => ({
  json: {
    Id: "c1",
    Config: {},
    HostConfig: {},
    State: { Status, Running: Status === "running", ExitCode: 0, FinishedAt: NEVER, ...more.State },
    NetworkSettings: { Ports: more.Ports ?? {}, Networks: {} },
  },
});

const event = (Action: string, exitCode = "3"): string =>
  `${JSON.stringify({ Type: "container", Action, Actor: { ID: "c1", Attributes: { exitCode } }, timeNano: 1 })}\n`;

/** Tells events, each a while after the one before, then goes on without a word. */
const tell =
  (...told: string[]): Reaction =>
  async (response: ServerResponse) => {
    response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
    for (const text of told) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      response.write(text);
    }
  };

/** A log that goes on, unless it has ended. */
const log =
  (chunks: readonly (string | Uint8Array)[], end = false): Reaction =>
  (response: ServerResponse, _body, url) => {
    response.writeHead(200, { "Content-Type": "application/vnd.docker.multiplexed-stream" });
    response.flushHeaders();
    for (const chunk of chunks) response.write(typeof chunk === "string" ? frame("stdout", chunk) : chunk);
    if (end || url.searchParams.get("follow") !== "true") response.end();
  };

const HEADER = "  sl  local_address rem_address   st tx_queue\n";
const row = (address: string, state = "0A"): string => `   0: ${address} 00000000:0000 ${state} 0:0 0\n`;

/** A command in the container, by its exit code and output, try by try. */
const commands = (...tries: (readonly [number, string])[]): Script => {
  let turn = -1;
  const now = (): readonly [number, string] => tries[Math.min(turn, tries.length - 1)] as never;
  return {
    [EXEC]: { status: 201, json: { Id: "e1" } },
    [START]: {
      upgrade: (socket: Duplex) => {
        turn += 1;
        socket.end(frame("stdout", now()[1]));
      },
    },
    [RESULT]: (response: ServerResponse) => {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ Running: false, ExitCode: now()[0] }));
    },
  };
};

const script = (more: Script, first: Reaction = state("running"), looks: Reaction[] = [first]): Script => ({
  [INSPECT]: first,
  [LOOK]: looks,
  [EVENTS]: tell(),
  [LOGS]: log([]),
  ...more,
});

/** Waits, and checks that no connection is left. */
async function waits(
  given: Script,
  condition: Condition,
  options: { readonly timeout?: number; readonly signal?: AbortSignal; readonly host?: string } = {},
  check: (engine: ScriptedEngine) => void = () => undefined,
): Promise<unknown> {
  return withEngine(given, async (engine) => {
    const outcome = await engine.docker
      .waitFor("web", condition, { timeout: 20_000, ...options })
      .catch((error) => error);
    await eventually("no connection is busy", () => engine.underWay() === 0);
    check(engine);
    return outcome;
  });
}

/** Waits in vain; longer on a machine so busy that nothing was looked at in time. */
async function timesOut(given: Script, condition: Condition): Promise<Error> {
  let error: unknown;
  for (const timeout of [300, 2000, 10_000]) {
    error = await waits(given, condition, { timeout });
    expect(error).toBeInstanceOf(TimeoutError);
    if (!(error as Error).message.includes("not looked at yet")) break;
  }
  return error as Error;
}

/** A server on the loopback, and the ports of a container that publishes it. */
async function withPort<T>(
  serve: (socket: Socket) => void,
  use: (ports: object, port: number) => Promise<T>,
): Promise<T> {
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket.once("close", () => open.delete(socket)).on("error", () => undefined));
    serve(socket.resume());
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const outcome = await use({ "80/tcp": [{ HostIp: "0.0.0.0", HostPort: `${port}` }] }, port);
    await eventually("no connection to the port is open", () => open.size === 0);
    return outcome;
  } finally {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** A port that nobody listens on. */
const closedPort = (): Promise<number> =>
  withPort(
    () => undefined,
    async (_, port) => port,
  );

describe("until.log", () => {
  test("a line that arrives in pieces matches, and the log is read from its beginning", async () => {
    const pieces = [
      frame("stdout", "not yet\nrea"),
      frame("stderr", "other\n"),
      frame("stdout", "dy to serve\n"),
    ];
    const bytes = Buffer.concat(pieces);
    const cut = [bytes.subarray(0, 13), bytes.subarray(13, 30), bytes.subarray(30)];
    await expect(
      waits(script({ [LOGS]: log(cut) }), until.log(/^ready to/), {}, ({ calls }) => {
        const query = new URLSearchParams(calls.find((call) => call.startsWith(LOGS))?.split("?")[1]);
        expect(Object.fromEntries(query)).toEqual({ follow: "true", stdout: "true", stderr: "true" });
      }),
    ).resolves.toBeUndefined();
  });

  test("the log of a container that ran before is read from the end of that run", async () => {
    const FinishedAt = "2026-11-26T12:00:00.123456789Z";
    const again = state("running", { State: { FinishedAt } });
    await waits(script({ [LOGS]: log(["ready\n"]) }, again), until.log("ready"), {}, ({ calls }) => {
      const query = new URLSearchParams(calls.find((call) => call.startsWith(LOGS))?.split("?")[1]);
      expect(query.get("since")).toBe(`${Date.parse("2026-11-26T12:00:00Z") / 1000}.123456789`);
    });
  });

  test("text is taken literally, and a RegExp with the flag g finds each line anew", async () => {
    const lines = ["port: 80 (a+b)\n", "port: 80 (a+b)\n"];
    expect(await waits(script({ [LOGS]: log(lines) }), until.log("(a+b)", { times: 2 }))).toBeUndefined();
    expect(await waits(script({ [LOGS]: log(lines) }), until.log(/port/g, { times: 2 }))).toBeUndefined();
  });

  test("only the stream that is asked for is read", async () => {
    await waits(script({ [LOGS]: log(["x\n"]) }), until.log("x", { stream: "stderr" }), {}, ({ calls }) => {
      expect(calls.find((call) => call.startsWith(LOGS))).toMatch(/stderr=true/);
      expect(calls.find((call) => call.startsWith(LOGS))).not.toMatch(/stdout=true/);
    });
  });

  test("a log that breaks off is read again, and its lines are counted anew", async () => {
    const broken: Reaction = (response) => {
      response.writeHead(200, { "Content-Type": "application/vnd.docker.multiplexed-stream" });
      response.write(frame("stdout", "ready\n"));
      setTimeout(() => response.destroy(), 30);
    };
    const logs = [broken, log(["ready\n", "ready\n"])];
    await expect(waits(script({ [LOGS]: logs }), until.log("ready", { times: 2 }))).resolves.toBeUndefined();
  });

  test("what a container wrote before it exited counts", async () => {
    const exited = state("exited", { State: { ExitCode: 1, StartedAt: "2026-11-26T12:00:00Z" } });
    const given = script({ [LOGS]: log(["ready\n"], true) }, exited);
    await expect(waits(given, until.log("ready"))).resolves.toBeUndefined();
    expect(await waits(given, until.log("never"))).toMatchObject({
      failure: "exited",
      exitCode: 1,
      log: ["ready"],
      conditions: [{ condition: 'log "never"', met: false, state: "0 of 1 line" }],
    });
  });

  test.each([
    { what: "404", gone: { status: 404, json: { message: "No such container" } } },
    { what: "409", gone: { status: 409, json: { message: "dead or marked for removal" } } },
  ])("a log that is gone with its container ($what) is told as far as it was read", async ({ gone }) => {
    const followed: Reaction = async (response) => {
      response.writeHead(200, { "Content-Type": "application/vnd.docker.multiplexed-stream" });
      response.write(frame("stdout", "starting\n"));
      await new Promise((resolve) => setTimeout(resolve, 100));
      response.end(frame("stderr", "FATAL no disk\n"));
    };
    const late: Reaction = async (response) => {
      response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
      await new Promise((resolve) => setTimeout(resolve, 400));
      response.write(event("die", "4"));
    };
    const given = script({ [LOGS]: [followed, gone], [EVENTS]: late }, state("running"), [
      state("running"),
      { status: 404, json: { message: "No such container" } },
    ]);
    const error = await waits(given, until.log("hello"));
    expect(error).toMatchObject({
      failure: "exited",
      exitCode: 4,
      log: ["starting", "FATAL no disk"],
      conditions: [{ state: "0 of 1 line" }],
    });
  });

  test("a log that is gone before a line was read is not called empty", async () => {
    const gone = { status: 404, json: { message: "No such container" } };
    const given = script({ [LOGS]: gone, [EVENTS]: tell(event("die")) }, state("running"), [
      state("running"),
      gone,
    ]);
    const error = (await waits(given, until.log("hello"))) as Error;
    expect(error).toMatchObject({ failure: "exited", log: [] });
    expect(error.message).toMatch(/\n {2}log "hello": 0 of 1 line\n {2}Its log is gone with it\.$/);
  });

  test("a log that cannot be read fails the wait at once", async () => {
    const unreadable = {
      status: 500,
      json: { message: "configured logging driver does not support reading" },
    };
    const error = await waits(script({ [LOGS]: unreadable }), until.log("x"));
    expect(error).toMatchObject({ failure: "unmet", log: [] });
    expect((error as Error).message).toMatch(
      /^waitFor: the container web has a log that cannot be read \(.*does not support reading\)\n/,
    );
  });
});

describe("until.port", () => {
  const listening = `${HEADER}${row("00000000:0050")}`;

  test("a proxy that accepts before the process listens is seen through", async () => {
    await withPort(
      (socket) => void socket.end(),
      async (Ports) => {
        const inside = commands([1, `${HEADER}${row("00000000:0050", "01")}`], [0, listening]);
        const running = state("running", { Ports });
        const outcome = await waits(script(inside, running), until.port(80), {}, ({ bodies, calls }) => {
          expect(calls.filter((call) => call === EXEC)).toHaveLength(2);
          expect(bodies).toContainEqual(
            expect.objectContaining({ Cmd: ["cat", "/proc/net/tcp", "/proc/net/tcp6"] }),
          );
        });
        expect(outcome).toBeUndefined();
      },
    );
  });

  test("without cat, a connection has to stay open", async () => {
    let proxied = 2;
    await withPort(
      (socket) => {
        if (proxied > 0) socket.end();
        proxied -= 1;
      },
      async (Ports) => {
        const inside = commands([127, 'exec: "cat": executable file not found in $PATH']);
        const running = state("running", { Ports });
        const outcome = await waits(script(inside, running), until.port("80/tcp"), {}, ({ calls }) => {
          expect(calls.filter((call) => call === EXEC)).toHaveLength(1);
        });
        expect(outcome).toBeUndefined();
        expect(proxied).toBeLessThan(0);
      },
    );
  });

  test.each([
    {
      what: "nobody accepts",
      table: listening,
      isOpen: false,
      says: /^127\.0\.0\.1:\d+: connect ECONNREFUSED \(if the Engine publishes ports at another host, .*inside: true }\)$/,
    },
    {
      what: "nobody listens inside",
      table: HEADER,
      isOpen: true,
      says: /^no process in the container listens on it$/,
    },
    {
      what: "the process listens only on the loopback",
      table: `${HEADER}${row("0100007F:0050")}${row("00000000000000000000000001000000:0050")}`,
      isOpen: true,
      says: /^the process listens only at the container's loopback address/,
    },
  ])("a timeout tells that $what", async ({ table, isOpen, says }) => {
    const free = await closedPort();
    await withPort(
      () => undefined,
      async (Ports) => {
        const closed = { "80/tcp": [{ HostIp: "", HostPort: `${free}` }] };
        const running = state("running", { Ports: isOpen ? Ports : closed });
        const error = await timesOut(script(commands([0, table]), running), until.port(80));
        expect(error).toBeInstanceOf(TimeoutError);
        const [condition] = (error.cause as ReadinessError).conditions;
        expect(condition).toEqual({
          condition: "port 80/tcp",
          met: false,
          state: expect.stringMatching(says),
        });
      },
    );
  });

  test.each([
    { port: "53/udp", table: row("00000000:0035", "07"), files: ["/proc/net/udp", "/proc/net/udp6"] },
    { port: 8080, table: row("0100007F:1F90"), files: ["/proc/net/tcp", "/proc/net/tcp6"] },
  ])("$port, which is not published, is looked for inside", async ({ port, table, files }) => {
    const outcome = await waits(script(commands([0, HEADER + table])), until.port(port), {}, ({ bodies }) => {
      expect(bodies).toContainEqual(expect.objectContaining({ Cmd: ["cat", ...files] }));
    });
    expect(outcome).toBeUndefined();
  });

  test("one that can neither be reached nor looked for fails at once", async () => {
    const inside = commands([127, "executable file `cat` not found in $PATH: No such file or directory"]);
    expect(await waits(script(inside), until.port(80))).toMatchObject({ failure: "unmet" });
  });
});

describe("until.http", () => {
  const answer = (text: string) => (socket: Socket) => void socket.once("data", () => socket.end(text));
  const ok = answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready");

  test.each([
    { what: "any status of success", condition: until.http("/health", { port: 80 }) },
    { what: "a status and a body", condition: until.http("/", { status: [200, 204], body: /^ready$/g }) },
    { what: "text in the body, taken literally", condition: until.http("/", { body: "ready" }) },
    { what: "a function", condition: until.http("/", { status: (status) => status < 500 }) },
  ])("$what", async ({ condition }) => {
    await withPort(ok, async (Ports) => {
      expect(await waits(script({}, state("running", { Ports })), condition)).toBeUndefined();
    });
  });

  test.each([
    {
      what: "another status",
      serve: answer("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"),
      says: "status 503",
    },
    { what: "another body", serve: ok, says: "the body does not match /up/" },
    { what: "no HTTP", serve: answer("SSH-2.0\r\n\r\n"), says: "Parse Error" },
    { what: "silence", serve: () => undefined, says: "no answer within 50 ms" },
    {
      what: "a body that stalls",
      serve: (socket: Socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nu"),
      says: "no answer within 50 ms",
    },
  ])("a timeout tells of $what", async ({ serve, says }) => {
    await withPort(serve, async (Ports, port) => {
      const condition = until.http("/", { body: /up/, attemptTimeout: 50 });
      const error = await timesOut(script({}, state("running", { Ports })), condition);
      expect(error).toBeInstanceOf(TimeoutError);
      expect(error.message).toContain(`GET /: http://127.0.0.1:${port}: ${says}`);
    });
  });

  test("a timeout tells of a refused connection, with its address once", async () => {
    const port = await closedPort();
    const Ports = { "80/tcp": [{ HostIp: "", HostPort: `${port}` }] };
    const error = await timesOut(script({}, state("running", { Ports })), until.http("/"));
    expect((error.cause as ReadinessError).conditions).toMatchObject([
      { state: `http://127.0.0.1:${port}: connect ECONNREFUSED` },
    ]);
  });

  test("a function that returns a Promise is refused, not waited for", async () => {
    await withPort(ok, async (Ports) => {
      // It rejects later, when nobody listens.
      const status = async () => Promise.reject(new Error("late"));
      const condition = until.http("/", { status: status as never });
      expect(await waits(script({}, state("running", { Ports })), condition)).toEqual(
        new ArgumentError("until.http: the function status must return true or false; it cannot be async"),
      );
    });
  });

  test("a whole URL is asked as it is, with method and headers", async () => {
    let asked = "";
    const serve = (socket: Socket): void =>
      void socket.once("data", (data) => {
        asked = String(data);
        socket.end("HTTP/1.1 204 OK\r\n\r\n");
      });
    await withPort(serve, async (_, port) => {
      const condition = until.http(`http://localhost:${port}/up?a=1`, {
        method: "POST",
        headers: { "X-A": "b" },
      });
      expect(await waits(script({}), condition)).toBeUndefined();
      expect(asked).toMatch(new RegExp(`^POST /up\\?a=1 HTTP/1.1\r\nX-A: b\r\nHost: localhost:${port}\r\n`));
    });
  });

  test.each([
    {
      options: { port: 81 },
      says: "does not publish 81/tcp; it publishes 80/tcp at 0.0.0.0:8080, 443/tcp at [::]:8443",
    },
    {
      options: {},
      says: 'publishes 80/tcp, 443/tcp; say which one is meant, as in until.http("/", { port: 80 })',
    },
  ])("a port that is not published fails at once: $says", async ({ options, says }) => {
    const Ports = {
      "80/tcp": [{ HostIp: "", HostPort: "8080" }],
      "443/tcp": [{ HostIp: "::", HostPort: "8443" }],
      "90/tcp": null,
    };
    const error = await waits(script({}, state("running", { Ports })), until.http("/", options));
    expect(error).toMatchObject({ failure: "unpublished" });
    expect((error as Error).message).toMatch(`waitFor: the container web ${says}\n`);
  });
});

describe("until.exec", () => {
  test("a command is tried until it exits with 0, or the code that is wanted", async () => {
    const tries = [
      [1, "no"],
      [2, "no"],
      [0, ""],
    ] as const;
    expect(await waits(script(commands(...tries)), until.exec(["ready"]))).toBeUndefined();
    expect(await waits(script(commands(...tries)), until.exec(["ready"], { exitCode: 2 }))).toBeUndefined();
  });

  test("a timeout tells its last exit code and output, but not its arguments", async () => {
    const condition = until.exec(["psql", "secret"]);
    const error = await timesOut(script(commands([2, "refused\n"])), condition);
    expect(error.message).toContain("\n  exec psql …: exited with 2: refused\n");
    expect(error.message).not.toContain("secret");
  });
});

describe("a container that", () => {
  const dying = { [EVENTS]: tell(event("die")), [LOGS]: log(["starting\n", "failed\n"], true) };
  const polled = commands([1, ""]);

  test.each([
    { condition: until.port(80, { inside: true }) },
    { condition: until.exec(["false"]) },
    { condition: until.log("ready") },
    { condition: until.exited(0) },
    { condition: until.all(until.log("failed"), until.exec(["false"])) },
    { condition: until.any(until.log("ready"), until.exec(["false"])) },
  ])("exits fails $condition.description at once, with its last words", async ({ condition }) => {
    const error = (await waits(script({ ...polled, ...dying }), condition)) as ReadinessError;
    expect(error).toBeInstanceOf(ReadinessError);
    expect(error).toMatchObject({
      code: "ERR_DOCKER_READINESS",
      failure: "exited",
      exitCode: 3,
      log: ["starting", "failed"],
    });
    expect(error.message).toMatch(/^waitFor: the container web exited with 3\n/);
    expect(error.message).toMatch(/\n {2}The last lines of its log:\n {4}starting\n {4}failed$/);
  });

  test.each([
    { condition: until.exited() },
    { condition: until.exited(3) },
    { condition: until.any(until.exec(["false"]), until.exited(3)) },
  ])("exits meets $condition.description", async ({ condition }) => {
    expect(await waits(script({ ...polled, ...dying }), condition)).toBeUndefined();
  });

  test("is removed fails the wait, whatever is waited for", async () => {
    const gone = { status: 404, json: { message: "No such container" } };
    for (const condition of [until.exited(), until.exec(["false"])]) {
      const given = script({ ...polled, [EVENTS]: tell(event("destroy")), [LOGS]: gone }, state("running"), [
        state("running"),
        gone,
      ]);
      expect(await waits(given, condition)).toMatchObject({ failure: "removed", exitCode: undefined });
    }
  });

  const going = state("removing", { State: { ExitCode: 137 } });
  const absent = { status: 404, json: { message: "No such container" } };
  const marked = { status: 409, json: { message: "dead or marked for removal" } };
  const killed = (signal: string): string =>
    `${JSON.stringify({ Type: "container", Action: "kill", Actor: { ID: "c1", Attributes: { signal } }, timeNano: 1 })}\n`;

  test.each([
    { condition: until.log("never"), end: going },
    { condition: until.any(until.log("never"), until.exec(["false"])), end: going },
    { condition: until.exec(["false"]), end: absent },
    { condition: until.port(80, { inside: true }), end: going },
  ])("is removed by force is removed: $condition.description", async ({ condition, end }) => {
    const events = tell(killed("9"), event("die", "137"), event("destroy"));
    const given = script({ ...polled, [EVENTS]: events, [LOGS]: [log(["up\n"], true), marked] }, undefined, [
      state("running"),
      end,
    ]);
    const error = (await waits(given, condition)) as Error;
    expect(error).toMatchObject({ failure: "removed", exitCode: 137 });
    expect(error.message).toMatch(/^waitFor: the container web was removed\n/);
  });

  test.each([
    { what: "is stopped, then removed", told: [killed("15"), event("die", "137")], end: going },
    {
      what: "is killed, but stays",
      told: [killed("9"), event("die", "137")],
      end: state("exited", { State: { ExitCode: 137 } }),
    },
  ])("$what, has exited", async ({ told, end }) => {
    const given = script({ ...polled, [EVENTS]: tell(...told) }, undefined, [state("running"), end]);
    expect(await waits(given, until.exec(["false"]))).toMatchObject({ failure: "exited", exitCode: 137 });
  });

  test("is removed by force meets until.exited()", async () => {
    const given = script({ [EVENTS]: tell(killed("9"), event("die", "137")) }, undefined, [
      state("running"),
      going,
    ]);
    expect(await waits(given, until.exited())).toBeUndefined();
  });

  test("is removed with its log as it exits has told its last words before", async () => {
    const running = { json: { ...state("running").json, HostConfig: { AutoRemove: true } } };
    const gone = { status: 404, json: { message: "No such container" } };
    const words = Array.from({ length: 12 }, (_, n) => `line ${n}\n`);
    const followed: Reaction = async (response) => {
      response.writeHead(200, { "Content-Type": "application/vnd.docker.multiplexed-stream" });
      for (const word of words) response.write(frame("stderr", word));
      await new Promise((resolve) => setTimeout(resolve, 200));
      response.end(frame("stderr", "failed\n"));
    };
    const given = script(
      { ...polled, [EVENTS]: tell(event("die"), event("destroy")), [LOGS]: [followed, gone] },
      running,
      [running, gone],
    );
    const error = await waits(given, until.exec(["false"]));
    expect(error).toMatchObject({ failure: "exited", exitCode: 3 });
    expect((error as ReadinessError).log).toEqual([...words.slice(3).map((word) => word.trim()), "failed"]);
  });

  test.each([
    {
      what: "its log is refused",
      condition: until.log("never"),
      more: { [LOGS]: { status: 409, json: { message: "is dead" } } },
    },
    {
      what: "there is no process to join",
      condition: until.port(80),
      more: commands([126, "exec failed: open /proc/99/ns/mnt: no such file or directory"]),
    },
    {
      what: "its files are gone",
      condition: until.port(80),
      more: commands([127, 'exec: "cat": executable file not found in $PATH']),
      looks: [state("running"), state("exited", { State: { ExitCode: 3 } })],
    },
    {
      what: "nothing is left of it before the event comes",
      condition: until.exited(0),
      more: {},
      looks: [{ status: 404, json: { message: "No such container" } }],
    },
  ])("is just exiting has exited, although $what", async ({ condition, more, looks }) => {
    const given = script(
      { ...more, [EVENTS]: tell(event("die")) },
      state("running"),
      looks ?? [state("running")],
    );
    expect(await waits(given, condition)).toMatchObject({ failure: "exited", exitCode: 3 });
  });

  test("was not started yet is waited for", async () => {
    const given = script({ ...commands([0, ""]), [EVENTS]: tell(event("start")) }, state("created"), [
      state("created"),
      state("running"),
    ]);
    expect(await waits(given, until.exec(["true"]))).toBeUndefined();
  });

  test("does not exist is the Engine's error", async () => {
    const given = script({ [INSPECT]: { status: 404, json: { message: "No such container" } } });
    expect(isEngineError(await waits(given, until.exited()), 404)).toBe(true);
  });

  test.each([{ condition: until.healthy(), failure: "unchecked", says: "has no health check" }])(
    "will not be healthy fails as $failure",
    async ({ condition, failure, says }) => {
      const error = await waits(script({}), condition);
      expect(error).toMatchObject({ failure });
      expect((error as Error).message).toMatch(`waitFor: the container web ${says}`);
    },
  );
});

describe("until.healthy", () => {
  const checked = (Status: string, Output: string) =>
    state("running", { State: { Health: { Status, Log: [{ ExitCode: 1, Output }] } } });

  test("an unhealthy container tells the output of its last check", async () => {
    const error = (await waits(script({}, checked("unhealthy", "broken db\n")), until.healthy())) as Error;
    expect(error).toMatchObject({
      failure: "unhealthy",
      conditions: [{ state: "it is unhealthy; its last check exited with 1: broken db" }],
    });
    expect(error.message).toMatch(
      "waitFor: the container web is unhealthy; its last check exited with 1: broken db\n",
    );
  });

  test("a timeout tells of the check that failed meanwhile, of which no event tells", async () => {
    const given = script({}, state("running", { State: { Health: { Status: "starting", Log: [] } } }), [
      state("running", { State: { Health: { Status: "starting", Log: [] } } }),
      checked("starting", "broken db\n"),
    ]);
    const error = await timesOut(given, until.healthy());
    expect(error.message).toContain("\n  healthy: its last check exited with 1: broken db\n");
  });
});

describe("several conditions", () => {
  test("`all` tells in order which are met", async () => {
    const given = script({ ...commands([1, "no"]), [LOGS]: log(["ready\n"]) });
    const condition = until.all(until.log("ready"), until.any(until.exec(["false"]), until.exited()));
    const error = (await waits(given, condition, { timeout: 1000 })) as Error;
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toBe(
      [
        "waitFor did not finish within 1000 ms: the container web is not ready",
        '  log "ready": met',
        "  exec false: exited with 1: no",
        "  exited: it still runs",
        "  The last lines of its log:",
        "    ready",
      ].join("\n"),
    );
    expect(error.cause).toMatchObject({
      failure: "timeout",
      conditions: [{ met: true }, { met: false }, { met: false }],
    });
  });

  test("they share one stream of events", async () => {
    const given = script({ ...commands([0, ""]), [LOGS]: log(["a\n"]) });
    const condition = until.all(
      until.log("a"),
      until.log("a"),
      until.exec(["true"]),
      until.any(until.exited(), until.log("a")),
    );
    await waits(given, condition, {}, ({ calls }) => {
      expect(calls.filter((call) => call.startsWith(EVENTS))).toHaveLength(1);
    });
  });

  test("`any` fails when all have failed", async () => {
    const unreadable = { status: 500, json: { message: "no reading" } };
    const given = script({ [LOGS]: unreadable });
    expect(await waits(given, until.any(until.healthy(), until.log("x")))).toMatchObject({
      failure: "unmet",
      conditions: [{ state: "it has no health check" }, { state: expect.stringMatching(/^it has a log/) }],
    });
  });
});

test.each<{ what: string; given: Script; condition: Condition }>([
  { what: "at the first look", given: script({ [INSPECT]: "hang" }), condition: until.exited() },
  { what: "while events are told", given: script({}), condition: until.exited() },
  { what: "while a log is read", given: script({}), condition: until.log("x") },
  { what: "while a log does not begin", given: script({ [LOGS]: "hang" }), condition: until.log("x") },
  {
    what: "while a command runs",
    given: script({ ...commands([0, ""]), [START]: "hang" }),
    condition: until.exec(["x"]),
  },
  { what: "between attempts", given: script(commands([1, ""])), condition: until.exec(["x"]) },
])("a signal $what ends the wait and its connections", async ({ given, condition }) => {
  const abort = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => abort.abort(reason), 120);
  const error = await waits(given, until.all(condition, until.any(condition, condition)), {
    signal: abort.signal,
  });
  expect(error).toBeInstanceOf(AbortedError);
  expect((error as Error).cause).toBe(reason);
});

test("a signal or timeout ends a request and a connection to a port", async () => {
  await withPort(
    () => undefined,
    async (Ports) => {
      const given = script({}, state("running", { Ports }));
      const error = await waits(given, until.http("/", { attemptTimeout: 60_000 }), { timeout: 100 });
      expect(error).toBeInstanceOf(TimeoutError);
    },
  );
});

test("the option host says where ports are reached, as `connect` does not", async () => {
  await withPort(
    (socket) => void socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\n\r\n")),
    async (Ports) => {
      const given = script({}, state("running", { Ports }));
      expect(await waits(given, until.http("/"), { host: "127.0.0.1" })).toBeUndefined();
    },
  );
});

test.each<{ make: () => unknown; says: string }>([
  {
    make: () => until.port(0),
    says: 'until.port: the port must be a number from 1 to 65535, or text such as "80/tcp" or "53/udp", not 0',
  },
  { make: () => until.port("80/http"), says: 'not "80/http"' },
  {
    make: () => until.port("80/sctp"),
    says: "until.port: 80/sctp cannot be looked for; only tcp and udp can",
  },
  { make: () => until.log(""), says: 'until.log: the pattern must be a RegExp or text, not ""' },
  {
    make: () => until.log("a\nb"),
    says: 'until.log: the pattern must fit in one line, not "a\\nb"; wait for each line, as in until.all(',
  },
  {
    make: () => until.log("x", { times: 0 }),
    says: "until.log: the option times must be a whole number, 1 at least, not 0",
  },
  {
    make: () => until.http("health"),
    says: 'until.http: the target must be a path such as "/health" or a URL, not "health"',
  },
  {
    make: () => until.http("http://a/", { port: 80 }),
    says: "until.http: a URL has its own port; leave out the option port",
  },
  {
    make: () => until.http("/", { headers: { "X-A": "b\n" } }),
    says: "until.http: a header has a value that HTTP does not allow",
  },
  {
    make: () => until.http("/", { timeout: 5 } as never),
    says: "until.http: the option timeout is unknown; write attemptTimeout for each attempt",
  },
  {
    make: () => until.http("/", { body: "" }),
    says: 'until.http: the option body must be a RegExp or text, not ""',
  },
  {
    make: () => until.http("http://a/", { tls: true }),
    says: "until.http: tls needs a URL that begins with https://",
  },
  {
    make: () => until.http("/", { method: "HEAD", body: "up" }),
    says: "until.http: an answer to HEAD has no body to match",
  },
  {
    make: () => until.http("/", { status: [] }),
    says: "until.http: the option status must be a status such as 200",
  },
  {
    make: () => until.http("/", { headers: new Date() as never }),
    says: "until.http: the option headers must be an object such as",
  },
  {
    make: () => until.http("/", { tls: (() => 1) as never }),
    says: "until.http: the option tls must be true, false",
  },
  {
    make: () => until.http("/", { tls: { cert: "secret" } as never }),
    says: "until.http: tls: the option cert is unknown. Known options: ca, rejectUnauthorized",
  },
  {
    make: () => until.http("/", { tls: { ca: "secret.pem" } }),
    says: "until.http: tls: the option ca must be a PEM, as text or a Buffer, not a string",
  },
  { make: () => until.exec([]), says: "until.exec: the command is empty" },
  { make: () => until.exec("true" as never), says: "until.exec: the command must be an array of strings" },
  { make: () => until.exited(-1), says: "until.exited: the code must be a whole number, 0 at least, not -1" },
  { make: () => until.all(), says: "until.all: pass one condition at least" },
  {
    make: () => until.any("healthy" as never),
    says: 'until.any: each argument must be a condition such as until.port(80) or until.healthy(), not "healthy"',
  },
])("$says", ({ make, says }) => {
  expect(make).toThrow(ArgumentError);
  expect(make).toThrow(says);
});

test.each<{ condition: unknown; options?: object; says: string }>([
  { condition: { kind: "healthy" }, says: "waitFor: the condition must be a condition such as" },
  {
    condition: until.healthy(),
    options: { host: "http://a" },
    says: 'waitFor: the option host must be a name or an address, such as "10.0.0.5", not "http://a"',
  },
])("waitFor refuses: $says", async ({ condition, options, says }) => {
  await withEngine({}, async ({ docker, calls }) => {
    await expect(docker.waitFor("web", condition as Condition, options)).rejects.toThrow(says);
    expect(calls).toEqual([]);
  });
});

test.each([
  { container: { id: "c1", name: "web" }, says: "an object; pass its .id" },
  { container: { Id: "c1" }, says: "an object; pass its .Id" },
  { container: undefined, says: "undefined" },
])("a container must be its name or ID, not $says", async ({ container, says }) => {
  await withEngine({}, async ({ docker, calls }) => {
    const given = container as never;
    const problem = `the container must be its name or ID, not ${says}`;
    await expect(docker.waitFor(given, until.healthy())).rejects.toThrow(
      new ArgumentError(`waitFor: ${problem}`),
    );
    await expect(docker.portOf(given, 80)).rejects.toThrow(new ArgumentError(`portOf: ${problem}`));
    await expect(docker.addressOf(given)).rejects.toThrow(new ArgumentError(`addressOf: ${problem}`));
    expect(calls).toEqual([]);
  });
});
