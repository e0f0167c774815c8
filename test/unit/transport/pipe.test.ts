import { createServer } from "node:http";
import { connect } from "node:net";
import { type Duplex, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { Docker, isEngineError, StreamError } from "../../../src/index.js";
import { frame } from "../../helpers/frames.js";
import { withClientOf } from "../../helpers/servers.js";
import { PIPE_KINDS, simulateWindows } from "../../helpers/windows-pipe.js";
import { idle, type Reaction, type Script, withEngine } from "../workflows/scripted-engine.js";

/** Longer than the silence after which libuv closes a pipe that was ended. */
const SILENCE_MS = 200;
const OPTIONS = { transport: "npipe" } as const;
const LIMIT = { timeout: 8000 };

type Speak = (socket: Duplex) => unknown;

/** Reads all input, answers after a silence, and ends after another. */
const answerLate: Speak = (socket) => {
  let input = "";
  socket.on("data", (piece: Buffer) => {
    input += piece;
  });
  socket.once("end", async () => {
    await sleep(SILENCE_MS);
    socket.write(frame("stdout", `got ${input}`));
    await sleep(SILENCE_MS);
    socket.end(frame("stderr", "bye"));
  });
};

/** An Engine with an exec and a container that exit with 3 once they have ended their output. */
function engineOf(speak: Speak, changes: Script = {}): Script {
  let exit: () => void = () => undefined;
  let hasExited = false;
  const exited = new Promise<void>((resolve) => {
    exit = () => {
      hasExited = true;
      resolve();
    };
  });
  const upgrade: Speak = (socket) => {
    socket.once("finish", exit);
    return speak(socket);
  };
  const json = (response: Parameters<Extract<Reaction, (...args: never[]) => unknown>>[0], value: unknown) =>
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(value));
  return {
    "POST /containers/web/exec": { status: 201, json: { Id: "e1" } },
    "POST /exec/e1/start": { upgrade },
    "GET /exec/e1/json": (response) =>
      json(response, { Running: !hasExited, ExitCode: hasExited ? 3 : null }),
    "POST /containers/create": { status: 201, json: { Id: "c1", Warnings: [] } },
    "POST /containers/c1/attach": { upgrade },
    "POST /containers/c1/wait": async (response) => {
      response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
      await exited;
      response.end('{"StatusCode":3}');
    },
    "GET /containers/c1/json": (response) =>
      json(response, { State: { Status: hasExited ? "exited" : "running", ExitCode: hasExited ? 3 : 0 } }),
    "POST /containers/c1/start": { status: 204 },
    "DELETE /containers/c1": { status: 204 },
    ...changes,
  };
}

describe.each(PIPE_KINDS)("over the pipe of $node", (kind) => {
  let restore: () => void;
  beforeEach(() => {
    restore = simulateWindows(kind);
  });
  afterEach(() => restore());

  test.each([
    ["exec", (docker: Docker) => docker.exec("web", ["cat"], { stdin: "input", ...LIMIT })],
    ["run", (docker: Docker) => docker.run("box", ["cat"], { stdin: "input", ...LIMIT })],
  ])("%s ends the input and reads what comes after it", async (_, work) => {
    const use = async ({ docker }: { docker: Docker }) =>
      expect(await work(docker)).toMatchObject({ exitCode: 3, stdout: "got input", stderr: "bye" });
    await withEngine(engineOf(answerLate), use, OPTIONS);
  });

  test("exec without input ends with the command's output", async () => {
    const speak: Speak = (socket) => socket.resume().end(frame("stdout", "hi"));
    const use = async ({ docker }: { docker: Docker }) =>
      expect((await docker.exec("web", ["x"], LIMIT)).stdout).toBe("hi");
    await withEngine(engineOf(speak), use, OPTIONS);
  });

  test("an empty piece of input is not the end of it", async () => {
    async function* pieces() {
      yield "a";
      yield "";
      await sleep(SILENCE_MS);
      yield "b";
    }
    const use = async ({ docker }: { docker: Docker }) => {
      const { stdout } = await docker.exec("web", ["cat"], { stdin: pieces(), ...LIMIT });
      expect(stdout).toBe("got ab");
      const attached = await docker.containerAttach("c1", { stream: true, stdin: true });
      attached.stdin.write("c");
      attached.stdin.write("");
      setTimeout(() => attached.stdin.end("d"), SILENCE_MS);
      const chunk = await attached[Symbol.asyncIterator]().next();
      expect(String(chunk.value?.data)).toBe("got cd");
      attached.cancel();
    };
    await withEngine(engineOf(answerLate), use, OPTIONS);
  });

  test("output that fills reads to the last byte is whole", async () => {
    const bytes = 256 * 1024 - 8;
    const full = frame("stdout", "x".repeat(bytes));
    const speak: Speak = async (socket) => {
      socket.resume();
      for (let i = 0; i < 3; i += 1) {
        socket.write(full);
        await sleep(SILENCE_MS);
      }
      socket.end(frame("stdout", "end"));
    };
    const use = async ({ docker }: { docker: Docker }) => {
      const { stdout } = await docker.exec("web", ["x"], LIMIT);
      expect(stdout.length).toBe(3 * bytes + 3);
      expect(stdout).toMatch(/xend$/);
    };
    await withEngine(engineOf(speak), use, OPTIONS);
  });

  test("output that a slow reader leaves on the pipe is not cut off", async () => {
    const bytes = 3 * 1024 * 1024;
    const use = async ({ docker }: { docker: Docker }) => {
      let received = 0;
      const stdout = new Writable({
        highWaterMark: 1,
        write: (chunk: Buffer, _, done) => {
          // Longer than a pipe must be quiet, once.
          setTimeout(done, received === 0 ? 1500 : 0);
          received += chunk.length;
        },
      });
      await docker.exec("web", ["x"], { stdout, timeout: 20_000 });
      expect(received).toBe(bytes);
    };
    const speak: Speak = (socket) => socket.resume().end(frame("stdout", Buffer.alloc(bytes)));
    // The Engine takes the command for finished as soon as it has written.
    const finished = { "GET /exec/e1/json": { json: { Running: false, ExitCode: 0 } } };
    await withEngine(engineOf(speak, finished), use, OPTIONS);
  });

  test("output cut off within a frame is an error", async () => {
    const speak: Speak = (socket) => socket.resume().end(frame("stdout", "hello").subarray(0, 10));
    const use = async ({ docker }: { docker: Docker }) =>
      expect(docker.exec("web", ["x"], LIMIT)).rejects.toThrow(StreamError);
    await withEngine(engineOf(speak), use, OPTIONS);
  });

  test("a kept connection that the Engine half-closes is not used again", async () => {
    let connections = 0;
    const answer: Reaction = (response) => {
      connections += 1;
      response.end("OK");
      setTimeout(() => response.socket?.end(), 20);
    };
    const use = async ({ docker }: { docker: Docker }) => {
      expect(await docker.systemPing()).toBe("OK");
      await sleep(100);
      expect(await docker.systemPing()).toBe("OK");
      expect(connections).toBe(2);
    };
    await withEngine({ "GET /_ping": answer }, use, OPTIONS);
  });

  test("silence is not the end while the command runs", async () => {
    const speak: Speak = async (socket) => {
      socket.resume().write(frame("stdout", "a"));
      await sleep(1500);
      socket.end(frame("stdout", "b"));
    };
    const use = async ({ docker }: { docker: Docker }) =>
      expect((await docker.exec("web", ["x"], LIMIT)).stdout).toBe("ab");
    await withEngine(engineOf(speak), use, OPTIONS);
  });

  test("exec and run fail if they cannot find out whether the process has ended", async () => {
    const changes: Script = {
      "GET /exec/e1/json": { status: 404, json: { message: "no such exec" } },
      "POST /containers/c1/wait": (response) => {
        response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
        setTimeout(() => response.end("the proxy lost the Engine"), SILENCE_MS);
      },
    };
    const speak: Speak = (socket) => {
      socket.write(frame("stdout", "part"));
      idle(socket);
    };
    const use = async ({ docker }: { docker: Docker }) => {
      const failure = await docker.exec("web", ["x"], LIMIT).catch((error: unknown) => error);
      expect(isEngineError(failure, 404)).toBe(true);
      await expect(docker.run("box", ["x"], LIMIT)).rejects.toThrow(/ContainerWait/);
    };
    await withEngine(engineOf(speak, changes), use, OPTIONS);
  });

  test("run ends even if the Engine's wait never does", async () => {
    const changes: Script = {
      "POST /containers/c1/wait": (response) =>
        response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders(),
    };
    const use = async ({ docker }: { docker: Docker }) =>
      expect(await docker.run("box", ["cat"], { stdin: "input", ...LIMIT })).toMatchObject({
        exitCode: 3,
        stdout: "got input",
        stderr: "bye",
      });
    await withEngine(engineOf(answerLate, changes), use, OPTIONS);
  });

  test("a pipe that connect returns is treated as one", async () => {
    const use = async ({ path }: { path: string }) => {
      await using docker = new Docker({ connect: () => connect(`//./pipe${path}`) });
      const result = await docker.exec("web", ["cat"], { stdin: "input", ...LIMIT });
      expect(result).toEqual({ exitCode: 3, stdout: "got input", stderr: "bye" });
    };
    await withEngine(engineOf(answerLate), use, OPTIONS);
  });

  test("a WebSocket that the Engine closes ends", async () => {
    const server = createServer();
    new WebSocketServer({ server }).on("connection", (socket) => {
      socket.on("message", (data) => {
        socket.send(`got ${data}`);
        socket.close(1000);
      });
    });
    const use = async (docker: Docker): Promise<void> => {
      const began = performance.now();
      const attached = await docker.containerAttachWebsocket("web", { stream: true, stdin: true });
      attached.stdin.write("input");
      expect((await attached.text()).stdout).toBe("got input");
      expect(performance.now() - began).toBeLessThan(LIMIT.timeout);
    };
    await withClientOf(server, use, OPTIONS);
  });
});
