import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { basename, dirname, join } from "node:path";
import { WebSocketServer } from "ws";
import { ArgumentError, Docker, StreamError } from "../../../src/index.js";
import { recordEngine, replayEngine } from "../../../src/testing/index.js";
import { frame } from "../../helpers/frames.js";
import { withClientOf, withServer } from "../../helpers/servers.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";

let file: string;

useTemporaryFolder((folder) => {
  file = join(folder, "recording.jsonl");
});

const json = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** Records what a client does with a server. */
function record<T>(
  listener: RequestListener,
  work: (docker: Docker) => Promise<T>,
  options?: Parameters<typeof recordEngine>[2],
): Promise<T> {
  return withServer(listener, async (docker) => {
    const recording = recordEngine(docker, file, options);
    try {
      return await work(docker);
    } finally {
      await recording.close();
    }
  });
}

/** Does the same with the recording. */
async function replay<T>(
  work: (docker: Docker) => Promise<T>,
  options?: Parameters<typeof replayEngine>[1],
): Promise<T> {
  const engine = replayEngine(file, options);
  await using docker = new Docker(engine.options);
  const result = await work(docker);
  engine.done();
  return result;
}

/** What is recorded is what is replayed. */
async function expectSame(
  listener: RequestListener,
  work: (docker: Docker) => Promise<unknown>,
): Promise<void> {
  const recorded = await record(listener, work);
  expect(await replay(work)).toEqual(recorded);
}

const text = (): Promise<string> => readFile(file, "utf8");

const lines = async (): Promise<Record<string, unknown>[]> =>
  (await text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("an answer is recorded readably and replayed", async () => {
  const list = async (docker: Docker) => {
    const result = await docker.containerList({ all: true }).result();
    return { ...result, headers: result.headers?.get("x-mine") };
  };
  await expectSame(
    (_, response) =>
      void response
        .writeHead(200, { "Content-Type": "application/json", "X-Mine": "1" })
        .end(json([{ Id: "a", Names: ["/web"] }])),
    list,
  );
  expect(await lines()).toMatchObject([
    { recording: 1 },
    { exchange: 1, request: { operation: "ContainerList", url: "/v1.48/containers/json?all=true" } },
    { exchange: 1, response: { status: 200 } },
    { exchange: 1, received: { json: [{ Id: "a", Names: ["/web"] }], line: true } },
    { exchange: 1, over: "ended" },
    { exchanges: 1 },
  ]);
});

test("failures are replayed too", () =>
  expectSame(
    (_, response) =>
      void response.writeHead(404, { "Content-Type": "application/json" }).end(json({ message: "no" })),
    async (docker) => String(await docker.containerInspect("web").catch(String)),
  ));

test("bytes and pieces of any kind are the same, and a broken connection breaks in the same place", () =>
  expectSame(
    (request, response) => {
      const pieces = [
        frame(1, "é").subarray(0, 9),
        Buffer.from([0xa9]),
        frame(2, Buffer.from([0, 255, 254])),
      ];
      response.writeHead(200, { "Content-Type": "application/vnd.docker.multiplexed-stream" });
      const send = (): void => {
        const piece = pieces.shift();
        if (piece) response.write(piece, () => setTimeout(send, 5));
        else request.socket.destroy();
      };
      send();
    },
    async (docker) => {
      const logs = await docker.containerLogs("web", { stdout: true });
      const chunks: unknown[] = [];
      try {
        for await (const { stream, data } of logs) chunks.push([stream, data.toString("hex")]);
      } catch (error) {
        expect(error).toBeInstanceOf(StreamError);
        chunks.push((error as Error).message);
      }
      return chunks;
    },
  ));

test("requests that are equal get their answers in the recorded order, others in any", async () => {
  let count = 0;
  const answer: RequestListener = ({ url }, response) => {
    count += 1;
    response.writeHead(200, { "Content-Type": "application/json" }).end(json({ Id: `${url}${count}` }));
  };
  const inspect = async (docker: Docker, id: string) => (await docker.containerInspect(id)).Id;
  const recorded = await record(answer, async (docker) => [
    await inspect(docker, "a"),
    await inspect(docker, "b"),
    await inspect(docker, "a"),
  ]);
  const replayed = await replay((docker) =>
    Promise.all([inspect(docker, "b"), inspect(docker, "a"), inspect(docker, "a")]),
  );
  expect(replayed).toEqual([recorded[1], recorded[0], recorded[2]]);
});

test("a request that was not recorded fails and says what differs, as does done()", async () => {
  await record(
    (request, response) =>
      void request
        .resume()
        .on("end", () =>
          response.writeHead(201, { "Content-Type": "application/json" }).end(json({ Id: "a" })),
        ),
    async (docker) => {
      await docker.containerCreate({ Image: "alpine", Env: ["TOKEN=abc"] }, { name: "job" });
    },
  );
  const engine = replayEngine(file);
  await using docker = new Docker(engine.options);
  const ask = async (call: Promise<unknown>) =>
    String(await call.catch((error: unknown) => (error as Error).message));
  expect(await ask(docker.containerCreate({ Image: "debian" }, { name: "job" }))).toContain(
    'body.Image is "debian", not "alpine"',
  );
  expect(await ask(docker.containerCreate({ Image: "alpine" }, { name: "other" }))).toContain(
    "name is other, not job",
  );
  expect(
    await ask(docker.containerCreate({ Image: "alpine", Env: ["TOKEN=abc"], Tty: true }, { name: "job" })),
  ).toContain("body.Tty is true, which was not recorded");
  expect(await ask(docker.systemInfo())).toContain("it was never called");
  expect(() => engine.done()).toThrow(/recorded and not asked: POST \/containers\/create\?name=job/);
});

test("an upgraded connection replays its output only after its input, and refuses another", async () => {
  const server = () =>
    createServer((_, response) => void response.end()).on("upgrade", (_, socket) => {
      socket.write(
        "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n$ ",
      );
      socket.on("data", (input: Buffer) => socket.write(`${input}$ `)).on("end", () => socket.end("bye"));
    });
  const talk = async (docker: Docker, words = ["ls", "pwd"]) => {
    const attached = await docker.containerAttach("box", { stream: true, stdin: true, stdout: true });
    const heard: string[] = [];
    for await (const { data } of attached) {
      heard.push(data.toString());
      const next = words.shift();
      if (heard.at(-1) === "bye") continue;
      if (next) attached.stdin.write(next);
      else attached.stdin.end();
    }
    return heard;
  };
  const recorded = await withClientOf(server(), async (docker) => {
    await using _recording = recordEngine(docker, file);
    return await talk(docker);
  });
  expect(recorded).toEqual(["$ ", "ls$ ", "pwd$ ", "bye"]);
  expect(await replay((docker) => talk(docker))).toEqual(recorded);
  const engine = replayEngine(file);
  await using docker = new Docker(engine.options);
  await expect(talk(docker, ["ls", "pwt"])).rejects.toThrow(
    "what was sent differs at byte 4 of what was recorded",
  );
  engine.close();
});

test("a WebSocket is replayed", async () => {
  const server = createServer();
  new WebSocketServer({ server }).on("connection", (socket) =>
    socket.on("message", (data) => {
      socket.send(`${data}, world`);
      socket.close();
    }),
  );
  const talk = async (docker: Docker) => {
    const attached = await docker.containerAttachWebsocket("box", { stream: true, stdin: true });
    attached.stdin.write("hello");
    return (await attached.text()).stdout;
  };
  await withClientOf(server, async (docker) => {
    await using _recording = recordEngine(docker, file);
    expect(await talk(docker)).toBe("hello, world");
  });
  expect(await replay(talk)).toBe("hello, world");
});

test("a stream that its reader left stays open for another that leaves, and fails for one that stays", async () => {
  const follow = async (docker: Docker, count: number) => {
    const seen: unknown[] = [];
    for await (const { Action } of docker.systemEvents()) {
      seen.push(Action);
      if (seen.length === count) break;
    }
    return seen;
  };
  await record(
    (_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.write(json({ Action: "create" }));
      setTimeout(() => response.write(json({ Action: "start" })), 10);
    },
    (docker) => follow(docker, 2),
  );
  expect(await replay((docker) => follow(docker, 2))).toEqual(["create", "start"]);
  await expect(replay((docker) => follow(docker, 3))).rejects.toThrow("the recording ends here");
});

test("a call that was aborted before its answer is aborted again", async () => {
  const wait = async (docker: Docker) => {
    const call = docker.containerWait("job", {}, { signal: AbortSignal.timeout(30) });
    return String(await call.catch((error: unknown) => (error as Error).message));
  };
  await expectSame(() => undefined, wait);
});

test("a refused connection is refused again", async () => {
  await using docker = new Docker({ host: "unix:///no/such.sock", env: {} });
  const recording = recordEngine(docker, file);
  await docker.systemVersion().result();
  await recording.close();
  const error = await replay((again) => again.systemVersion().catch((thrown) => thrown));
  expect(error).toMatchObject({ code: "ERR_DOCKER_CONNECTION", cause: { code: "ENOENT" } });
});

test("a piece that was recorded after another request waits for that", async () => {
  let tell: () => void = () => undefined;
  const act = async (docker: Docker) => {
    const order: string[] = [];
    const events = await docker.systemEvents();
    const reading = (async () => {
      for await (const { Action } of events) {
        order.push(String(Action));
        break;
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 30));
    order.push("start");
    await docker.containerStart("web");
    await reading;
    return order;
  };
  await expectSame(({ url }, response) => {
    if (url?.includes("/events")) {
      response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
      tell = () => response.write(json({ Action: "started" }));
    } else {
      response.writeHead(204).end();
      tell();
    }
  }, act);
});

test("recorded timing takes the time that was taken, and none does not", async () => {
  const list = (docker: Docker) => docker.containerList();
  await record((_, response) => void setTimeout(() => response.end("[]"), 200), list);
  const took = async (timing: "none" | "recorded"): Promise<number> => {
    const begun = performance.now();
    await replay(list, { timing });
    return performance.now() - begun;
  };
  expect(await took("recorded")).toBeGreaterThan(180);
  expect(await took("none")).toBeLessThan(150);
});

test("a large body is recorded and replayed in pieces", async () => {
  const size = 24 * 1024 * 1024;
  const read = async (docker: Docker) => {
    let bytes = 0;
    let sum = 0;
    for await (const { data: piece } of await docker.containerLogs("web", { stdout: true })) {
      bytes += piece.length;
      sum = (sum + (piece[0] ?? 0) + (piece.at(-1) ?? 0) * 3) % 65_521;
    }
    return { bytes, sum };
  };
  const block = Buffer.from(Array.from({ length: 512 }, (_, at) => (at * 7) % 256));
  const body = Buffer.concat([...Array<Buffer>(size / 512 - 2).fill(block), Buffer.alloc(1024)]);
  const listener: RequestListener = (_, response) =>
    void response.writeHead(200, { "Content-Type": "application/vnd.docker.raw-stream" }).end(body);
  await expectSame(listener, read);
});

test.each([
  [
    "without its last line",
    (all: string) => all.replace(/\{"exchanges":1\}\n$/, ""),
    /is cut off after line 5/,
  ],
  ["within a line", (all: string) => all.slice(0, -30), /is damaged or cut off in line/],
  ["empty", () => "", /is cut off after line 0/],
  ["of something else", () => '{"a":1}\n', /is not a recording/],
])("a recording %s is refused", async (_, change, problem) => {
  await record(
    (_, response) => void response.writeHead(200, { "Content-Type": "application/json" }).end("[]"),
    (docker) => docker.containerList(),
  );
  await writeFile(file, change(await text()));
  expect(() => replayEngine(file)).toThrow(problem);
});

test("a recording that is not closed does not replace an older one", async () => {
  await writeFile(file, "old");
  await withServer(
    (_, response) => void response.end("[]"),
    async (docker) => {
      const recording = recordEngine(docker, file);
      await docker.containerList();
      expect(await text()).toBe("old");
      await recording.close();
      expect(await text()).toContain("ContainerList");
    },
  );
});

describe("a file that several recordings want", () => {
  const recorded = withServer.bind(undefined, (_, response) => void response.end("[]"));

  test("is refused while one of this process has it, and free again when that is closed", () =>
    recorded(async (docker) => {
      const first = recordEngine(docker, file);
      const again = (): unknown => recordEngine(docker, join(dirname(file), ".", basename(file)));
      expect(again).toThrow(ArgumentError);
      expect(again).toThrow(
        /recordEngine: .*recording\.jsonl is being recorded already; close that recording/,
      );
      await docker.containerList();
      await first.close();
      expect(await lines()).toHaveLength(6);
      await recordEngine(docker, file).close();
      expect(await lines()).toHaveLength(2);
    }));

  test("goes to the last of several processes; the others fail when they are closed", () =>
    recorded(async (docker) => {
      const first = recordEngine(docker, file);
      await docker.systemInfo();
      // What another process has: nothing but the file system is shared.
      const other = jest.requireActual<object>("../../../src/testing/recording-file.js");
      jest.isolateModules(() => {
        const { RecordingFile } = require("../../../src/testing/recording-file.js");
        expect(RecordingFile).not.toBe((other as { RecordingFile: unknown }).RecordingFile);
        const second = new RecordingFile(file);
        second.write({ recording: 1 });
        expect(() => second.write({ exchanges: 0 })).not.toThrow();
        second.close();
      });
      await docker.containerList();
      const taken = await first.close().catch((error: unknown) => error);
      expect(taken).toBeInstanceOf(StreamError);
      expect((taken as Error).message).toMatch(
        /cannot write .*recording\.jsonl: .* another process has begun/,
      );
      expect(await lines()).toEqual([{ recording: 1 }, { exchanges: 0 }]);
      expect(await readdir(dirname(file))).toEqual([basename(file)]);
    }));

  test("is taken over from a process that has ended", () =>
    recorded(async (docker) => {
      await writeFile(`${file}.part`, "the rest of a longer recording\n".repeat(1000));
      const recording = recordEngine(docker, file);
      await docker.containerList();
      await recording.close();
      expect(await lines()).toHaveLength(6);
    }));

  test("may be gone with its folder, which is an error of ours", () =>
    recorded(async (docker) => {
      const folder = join(dirname(file), "new", "folder");
      const recording = recordEngine(docker, join(folder, "x.jsonl"));
      await rm(folder, { recursive: true });
      const gone = await recording.close().catch((error: unknown) => error);
      expect(gone).toBeInstanceOf(StreamError);
      expect((gone as Error).message).toMatch(/recordEngine: cannot write .*x\.jsonl: it was deleted/);
      await recordEngine(docker, join(folder, "x.jsonl")).close();
    }));

  test("may be a folder by now, which is an error of ours", () =>
    recorded(async (docker) => {
      const recording = recordEngine(docker, file);
      await mkdir(file);
      const wrong = await recording.close().catch((error: unknown) => error);
      expect(wrong).toBeInstanceOf(StreamError);
      expect((wrong as Error).message).toMatch(/recordEngine: cannot write .*recording\.jsonl: /);
    }));
});

test("a file that cannot be written or read is an ArgumentError", () => {
  const docker = new Docker({ host: "unix:///no/such.sock", env: {} });
  expect(() => recordEngine(docker, "/dev/null/x.jsonl")).toThrow(/recordEngine: cannot write/);
  expect(() => replayEngine("/no/such.jsonl")).toThrow(/replayEngine: cannot read/);
  expect(() => recordEngine(docker, file, { secrets: ["abc"] })).toThrow(/at least four characters/);
  expect(() => replayEngine(file, { timing: "fast" as never })).toThrow(
    /timing must be "none" or "recorded"/,
  );
});
