import { existsSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError, Docker, TimeoutError } from "../../../src/index.js";
import { startFakeEngine } from "../../../src/testing/index.js";
import { sshArguments } from "../../../src/transport/ssh/connection.js";
import { listen, type RunningServer } from "../../helpers/listen.js";
import { outcomes } from "../../helpers/outcomes.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";

const fixed = ["-o", "ConnectTimeout=30", "-T", "--"];

test.each([
  { given: { hostname: "box" }, want: [...fixed, "box", "docker system dial-stdio"] },
  {
    given: { hostname: "box", user: "me", port: 2222 },
    want: ["-l", "me", "-p", "2222", ...fixed, "box", "docker system dial-stdio"],
  },
  {
    given: { hostname: "box", socketPath: "/run/it's; rm -rf x.sock" },
    want: [...fixed, "box", "docker '--host=unix:///run/it'\\''s; rm -rf x.sock' system dial-stdio"],
  },
])("$given becomes the arguments $want", ({ given, want }) => {
  expect(sshArguments({ kind: "ssh", ...given }, 10_000)).toEqual(want);
});

test("ssh gives up no earlier than connectTimeout", () => {
  expect(sshArguments({ kind: "ssh", hostname: "box" }, 60_001)).toContain("ConnectTimeout=61");
});

/** What ssh does once it has got through. */
const through = (socket: string): string => `
  const socket = require("node:net").connect(${JSON.stringify(socket)});
  process.stdin.pipe(socket).pipe(process.stdout);`;

/** An Engine whose exports never end. */
const unread = (): Promise<RunningServer> =>
  listen(
    createServer((request, response) => {
      if (request.url?.endsWith("/get")) response.write(Buffer.alloc(1 << 20));
      else response.end("OK");
    }),
  );

describe("with a stand-in for ssh on the path", () => {
  let folder: string;
  const path = process.env.PATH;

  /** Puts a program called ssh first on the path. */
  async function install(script: string): Promise<void> {
    const file = join(folder, "ssh");
    await writeFile(file, `#!${process.execPath}\n${script}`);
    await chmod(file, 0o755);
    process.env.PATH = `${folder}${delimiter}${path}`;
  }

  useTemporaryFolder((made) => {
    folder = made;
  });

  afterEach(() => {
    process.env.PATH = path;
  });

  test("an idle connection that ssh ended, as when the Engine restarts, is not used again", async () => {
    let connections = 0;
    const server = createServer((request, response) => {
      response.setHeader("Content-Type", "application/json");
      response.end(request.method === "POST" ? '{"Id":"x","Warnings":[]}' : "[]");
      if (request.method === "GET") setTimeout(() => request.socket.destroy(), 20);
    }).on("connection", () => {
      connections += 1;
    });
    const running = await listen(server);
    try {
      await install(`${through(running.path)} socket.once("close", () => process.exit(0));`);
      await using docker = new Docker({ host: "ssh://box" });
      await docker.containerList();
      // It takes a moment until ssh has ended.
      await sleep(500);
      await docker.containerCreate({ Image: "a" }, {}, { timeout: 5000 });
      expect(connections).toBe(2);
    } finally {
      await running.close();
    }
  });

  test("calls go through it, on connections that are kept, nine at most", async () => {
    await using fake = await startFakeEngine({ images: [{ name: "demo" }] });
    const log = join(folder, "log");
    const socket = fake.host.replace("unix://", "");
    await install(`require("node:fs").appendFileSync(${JSON.stringify(log)}, "x"); ${through(socket)}`);
    const docker = new Docker({ host: "ssh://me@box" });
    const calls = Array.from({ length: 30 }, () => docker.systemPing());
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["OK"]));
    expect((await (await docker.imageGet("demo")).bytes()).length).toBeGreaterThan(64 * 1024);
    const { length } = await readFile(log, "utf8");
    expect(length).toBeLessThanOrEqual(9);
    await docker.close();
  }, 30_000);

  test("ssh that does not get through is a TimeoutError, and is ended", async () => {
    const log = join(folder, "log");
    await install(`
      process.on("SIGTERM", () => { require("node:fs").writeFileSync(${JSON.stringify(log)}, "ended"); process.exit(); });
      setInterval(() => undefined, 1000);`);
    const docker = new Docker({ host: "ssh://me@box", connectTimeout: 1500 });
    const calls = [
      docker.systemPing(),
      docker.containerAttach("web"),
      docker.containerAttachWebsocket("web"),
    ];
    for (const result of await outcomes(calls)) {
      expect(result.error).toBeInstanceOf(TimeoutError);
      expect(result.error?.message).toContain(
        "No connection to a Docker Engine at ssh://me@box within 1500 ms",
      );
    }
    while (!existsSync(log)) await new Promise((resolve) => setTimeout(resolve, 20));
    await docker.close();
  });

  test("a call that finds all nine busy waits for one, as long as it may take to connect, and can be ended", async () => {
    const { path: socket, close } = await unread();
    await install(through(socket));
    const docker = new Docker({ host: "ssh://me@box", connectTimeout: 2000 });
    const streams = [];
    for (let i = 0; i < 9; i += 1) streams.push(await docker.imageGet("alpine"));
    const abort = new AbortController();
    const aborted = docker.systemPing({ signal: abort.signal });
    const impatient = docker.systemPing({ timeout: 100 });
    const late = docker.systemPing();
    const upgrade = docker.containerAttach("web");
    abort.abort();
    expect(await aborted.result()).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_ABORTED" } });
    expect(await impatient.result()).toMatchObject({
      ok: false,
      error: { message: "SystemPing: no answer within 100 ms" },
    });
    for (const result of [await late.result(), await upgrade.result()]) {
      expect(result).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_TIMEOUT" } });
      expect(!result.ok && result.error.message).toContain("All 9 connections over ssh are busy");
    }
    const served = docker.systemPing();
    streams[0]?.cancel();
    expect(await served).toBe("OK");
    await docker.close();
    await close();
  }, 30_000);

  test("a shell that greets, and a machine without docker, say so", async () => {
    const error = async (script: string) => {
      await install(script);
      await using docker = new Docker({ host: "ssh://box" });
      const result = await docker.systemPing().result();
      expect(!result.ok && result.error).toBeInstanceOf(ConnectionError);
      return result.ok ? "" : result.error.message;
    };
    expect(await error(`console.log("Welcome to box!"); setTimeout(() => undefined, 5000);`)).toContain(
      "if the remote shell prints a greeting, restrict it to terminals",
    );
    expect(await error(`console.error("sh: 1: docker: not found"); process.exitCode = 127;`)).toContain(
      "the command docker is not installed there: sh: 1: docker: not found. Check",
    );
    expect(await error("")).toContain("ssh ended with code 0");
  });

  test("what ssh says is in the ConnectionError", async () => {
    await install(`process.stderr.write("Host key verification failed.\\n"); process.exitCode = 255;`);
    const docker = new Docker({ host: "ssh://box" });
    for (const result of [
      await docker.systemPing().result(),
      await docker.containerAttach("web", { stream: true }).result(),
    ]) {
      expect(!result.ok && result.error).toBeInstanceOf(ConnectionError);
      expect(!result.ok && result.error.message).toContain(
        "ssh://box: Host key verification failed. Check that",
      );
    }
    await docker.close();
  });

  test("a machine without ssh says so", async () => {
    process.env.PATH = folder;
    const docker = new Docker({ host: "ssh://box" });
    const result = await docker.systemPing().result();
    expect(!result.ok && result.error.message).toContain("the command ssh is not installed here");
    await docker.close();
  });
});
