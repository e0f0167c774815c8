import { execFile } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { WebSocketServer } from "ws";
import {
  AbortedError,
  ConnectionError,
  Docker,
  type RequestMessage,
  StreamError,
} from "../../../src/index.js";
import { mockEngine } from "../../../src/testing/index.js";
import { frame } from "../../helpers/frames.js";
import { withClientOf, withServer } from "../../helpers/servers.js";
import { until } from "../../helpers/waiting.js";

/** The messages that are published while something is done. */
async function messagesOf(work: () => Promise<unknown>): Promise<RequestMessage[]> {
  const messages: RequestMessage[] = [];
  const listener = (message: unknown): void => void messages.push(message as RequestMessage);
  subscribe("docker-engine-sdk:request", listener);
  try {
    await work();
    await until("every request is over", () => {
      const begun = messages.filter(({ type }) => type === "start").length;
      return begun === messages.filter(({ type }) => type === "end" || type === "error").length;
    });
  } finally {
    unsubscribe("docker-engine-sdk:request", listener);
  }
  return messages;
}

test("a request is published from its start to the end of its answer", () =>
  withServer(
    (_, response) => void response.writeHead(200, { "Content-Type": "application/json" }).end("[]\n"),
    async (docker, { host }) => {
      const messages = await messagesOf(() => docker.containerList({ all: true }));
      const identity = {
        id: expect.any(Number),
        operation: "ContainerList",
        method: "GET",
        path: "/v1.48/containers/json?all=true",
        host,
      };
      const duration = expect.any(Number);
      expect(messages).toEqual([
        { ...identity, type: "start" },
        { ...identity, type: "headers", status: 200, duration },
        { ...identity, type: "end", status: 200, duration, bytesSent: 0, bytesReceived: 3, complete: true },
      ]);
      expect(new Set(messages.map(({ id }) => id)).size).toBe(1);
    },
  ));

test("a failure that the Engine answers with is an answer", () =>
  withServer(
    (_, response) => void response.writeHead(404).end('{"message":"No such container"}'),
    async (docker) => {
      const messages = await messagesOf(() => docker.containerInspect("web").result());
      expect(messages.map(({ type }) => type)).toEqual(["start", "headers", "end"]);
      expect(messages.at(-1)).toMatchObject({ status: 404, complete: true, bytesReceived: 31 });
    },
  ));

test("bytes of a body are counted, given whole or as a stream", () =>
  withServer(
    (request, response) => void request.resume().on("end", () => response.writeHead(200).end()),
    async (docker) => {
      const put = (body: Uint8Array | Readable) => () =>
        docker.putContainerArchive("web", body, { path: "/" }).result();
      const stream = () => Readable.from([Buffer.alloc(70_000), Buffer.alloc(30_000)]);
      for (const body of [Buffer.alloc(100_000), stream()]) {
        const messages = await messagesOf(put(body));
        const [{ bytesSent } = {} as never] = messages.filter(
          ({ type, operation }) => type === "end" && operation === "PutContainerArchive",
        ) as { bytesSent: number }[];
        expect(bytesSent).toBe(100_000);
      }
    },
  ));

test("a request that gets no answer is an error", async () => {
  await using docker = new Docker({ host: "unix:///no/such.sock", env: {} });
  const messages = await messagesOf(() => docker.systemPing().result());
  expect(messages).toMatchObject([
    { type: "start" },
    { type: "error", operation: "SystemPing", status: undefined, error: expect.any(ConnectionError) },
  ]);
});

test("an answer that breaks, or whose call is aborted, is an error with its status", () =>
  withServer(
    (request, response) => {
      response.writeHead(200, { "Content-Type": "application/json" }).write('{"Type":"container"}\n');
      if (request.url?.includes("since=1")) setTimeout(() => request.socket.destroy(), 20);
    },
    async (docker) => {
      const broken = await messagesOf(async () => {
        const read = async () => {
          for await (const _ of docker.systemEvents({ since: 1 }));
        };
        await expect(read()).rejects.toThrow(StreamError);
      });
      expect(broken.at(-1)).toMatchObject({ type: "error", status: 200, bytesReceived: 21 });
      expect((broken.at(-1) as { error: Error }).error).toBeInstanceOf(StreamError);
      const abort = new AbortController();
      const aborted = await messagesOf(async () => {
        for await (const _ of await docker.systemEvents({}, { signal: abort.signal })) {
          abort.abort();
          break;
        }
      });
      expect(aborted.at(-1)).toMatchObject({ type: "error", error: expect.any(AbortedError) });
    },
  ));

test("a stream that is left or cancelled has ended, and is not complete", () =>
  withServer(
    (_, response) => void response.writeHead(200).write('{"Type":"container"}\n'),
    async (docker) => {
      const left = await messagesOf(async () => {
        for await (const _ of docker.systemEvents()) break;
      });
      expect(left.at(-1)).toMatchObject({ type: "end", complete: false, bytesReceived: 21 });
      const cancelled = await messagesOf(async () => (await docker.systemEvents()).cancel());
      expect(cancelled.at(-1)).toMatchObject({ type: "end", complete: false, bytesReceived: 0 });
    },
  ));

test("an upgraded connection is published with the bytes of both directions", () => {
  const server = createServer().on("upgrade", (_, socket) => {
    socket.write(
      "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\n\r\n",
    );
    socket.once("data", (input: Buffer) => socket.end(frame(1, input.toString())));
  });
  return withClientOf(server, async (docker) => {
    const messages = await messagesOf(async () => {
      const attached = await docker.containerAttach("box", { stream: true, stdin: true, stdout: true });
      attached.stdin.end("hello");
      expect(await attached.text()).toMatchObject({ stdout: "hello" });
    });
    expect(messages.slice(-2)).toMatchObject([
      { type: "headers", operation: "ContainerAttach", status: 101 },
      { type: "end", bytesSent: 5, bytesReceived: 13, complete: true },
    ]);
  });
});

test("a WebSocket is published with the bytes of both directions", () => {
  const server = createServer();
  new WebSocketServer({ server }).on("connection", (socket) =>
    socket.on("message", (data) => {
      socket.send(`${data}, world`);
      socket.close();
    }),
  );
  return withClientOf(server, async (docker) => {
    const messages = await messagesOf(async () => {
      const attached = await docker.containerAttachWebsocket("box", { stream: true, stdin: true });
      attached.stdin.write("hello");
      expect((await attached.text()).stdout).toBe("hello, world");
    });
    expect(messages.at(-1)).toMatchObject({ type: "end", status: 101, bytesSent: 5, bytesReceived: 12 });
  });
});

test("an Engine inside the process is observed like any other", async () => {
  const engine = mockEngine();
  engine.on("containerList").reply(200, []);
  await using docker = new Docker(engine.options);
  const messages = await messagesOf(() => docker.containerList());
  expect(messages.at(-1)).toMatchObject({ type: "end", host: "the option connect", bytesReceived: 2 });
});

test("no message has a secret", () =>
  withServer(
    (request, response) =>
      void request.resume().on("end", () => response.writeHead(200).end('{"stream":"x"}\n')),
    async (docker) => {
      const options = {
        buildargs: { TOKEN: "s3cret" },
        remote: "https://me:s3cret@example.com/a.git",
        "X-Registry-Config": { "registry.example": { username: "me", password: "s3cret" } },
      };
      const messages = await messagesOf(async () => {
        for await (const _ of docker.imageBuild(options));
      });
      expect(messages.length).toBeGreaterThan(2);
      expect(JSON.stringify(messages)).not.toContain("s3cret");
    },
  ));

test("NODE_DEBUG prints a line per request", () =>
  withServer(
    (request, response) => {
      if (request.url?.includes("version")) request.socket.destroy();
      else response.writeHead(request.url?.includes("100%25") ? 404 : 200).end("[]\n");
    },
    async (_, { host }) => {
      const tsx = createRequire(join(process.cwd(), "package.json")).resolve("tsx");
      const sdk = pathToFileURL(join(process.cwd(), "src", "index.ts")).href;
      const program = `
        import { Docker } from ${JSON.stringify(sdk)};
        const docker = new Docker({ host: ${JSON.stringify(host)} });
        await docker.containerList();
        await docker.volumeInspect("100%").result();
        await docker.systemVersion().result();
        await docker.close();`;
      const command = ["--import", pathToFileURL(tsx).href, "--input-type=module", "--eval", program];
      const { stderr } = await promisify(execFile)(process.execPath, command, {
        env: { ...process.env, NODE_DEBUG: "docker-engine-sdk" },
      });
      const lines = stderr.trim().split("\n");
      expect(lines).toEqual([
        expect.stringMatching(/^DOCKER-ENGINE-SDK \d+: GET \/v1\.48\/containers\/json 200 3 bytes \d+ ms$/),
        expect.stringMatching(/: GET \/v1\.48\/volumes\/100%25 404 3 bytes \d+ ms$/),
        expect.stringMatching(
          /: GET \/v1\.48\/version failed after \d+ ms: Cannot reach a Docker Engine at /,
        ),
      ]);
    },
  ));
