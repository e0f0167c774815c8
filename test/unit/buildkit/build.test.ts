import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { GetSecretRequest, GetSecretResponse } from "../../../generated/buildkit/session.js";
import { StatusResponse } from "../../../generated/buildkit/trace.js";
import { type BuildEvent, type BuildKitSettings, buildWithBuildKit } from "../../../src/buildkit/index.js";
import {
  AbortedError,
  BuildError,
  type Docker,
  EngineError,
  type ImageBuildOptions,
  StreamError,
} from "../../../src/index.js";
import { pathMatcher } from "../../../src/workflows/archive/path-matcher.js";
import { duplexPair } from "../../helpers/duplex-pair.js";
import { GrpcClient } from "../../helpers/grpc-client.js";
import { withClientOf } from "../../helpers/servers.js";
import { until } from "../../helpers/waiting.js";

/** A build as the Engine has it. */
interface Asked {
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly engine: GrpcClient;
  /** The session's connection. */
  readonly connection: Socket;
  readonly answer: ServerResponse;
  readonly trace: (status: Partial<StatusResponse>) => void;
  /** What was closed. */
  readonly happened: string[];
}

type Carry = (asked: Asked) => Promise<void> | void;

/** Takes over a connection whose first bytes come with the answer, in one packet. */
function together(socket: Duplex, head: string): Duplex {
  const [near, far] = duplexPair();
  let isFirst = true;
  far.on("data", (chunk: Buffer) => {
    socket.write(isFirst ? Buffer.concat([Buffer.from(head), chunk]) : chunk);
    isFirst = false;
  });
  socket.on("data", (chunk: Buffer) => far.write(chunk));
  socket.on("close", () => far.destroy()).on("error", () => undefined);
  return near;
}

interface Setup {
  /** The answer to `/session`. */
  readonly session?: number;
  /** Whether the Engine speaks first, in the packet of its answer. */
  readonly speaksAtOnce?: boolean;
}

/** An Engine that carries out one kind of build. */
async function withEngine<T>(
  carry: Carry,
  use: (docker: Docker, happened: string[]) => Promise<T>,
  { session = 101, speaksAtOnce = false }: Setup = {},
): Promise<T> {
  const sessions = new Map<unknown, Pick<Asked, "engine" | "connection" | "headers">>();
  const happened: string[] = [];
  const server = createServer((request, answer) => {
    const url = new URL(request.url ?? "", "http://engine");
    if (!url.pathname.endsWith("/build"))
      return void answer.writeHead(404).end('{"message":"page not found"}');
    const found = sessions.get(url.searchParams.get("session"));
    if (!found) return void answer.writeHead(400).end('{"message":"no such session"}');
    request.resume();
    answer.on("close", () => happened.push("build closed"));
    answer.writeHead(200, { "content-type": "application/json" });
    const record = (value: unknown) => answer.write(`${JSON.stringify(value)}\n`);
    void (async () => {
      await carry({
        ...found,
        query: url.searchParams,
        answer,
        happened,
        trace: (status) =>
          record({
            id: "moby.buildkit.trace",
            aux: Buffer.from(StatusResponse.encode(status)).toString("base64"),
          }),
      });
    })();
  });
  server.on("upgrade", (request, socket) => {
    if (session !== 101) {
      const body = '{"message":"page not found"}';
      socket.end(`HTTP/1.1 ${session} Not Found\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    const head = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    socket.on("close", () => happened.push("session closed")).on("error", () => undefined);
    // Connections of node:http stay half open otherwise.
    socket.on("end", () => socket.destroy());
    const connection = speaksAtOnce ? together(socket, head) : socket;
    if (!speaksAtOnce) socket.write(head);
    const id = request.headers["x-docker-expose-session-uuid"];
    sessions.set(id, {
      engine: new GrpcClient(connection),
      connection: socket as Socket,
      headers: request.headers,
    });
  });
  return withClientOf(server, (docker) => use(docker, happened));
}

const settings = (over: Partial<BuildKitSettings> = {}): BuildKitSettings => ({
  query: { t: ["a:1"], nocache: true },
  context: { folder: __dirname, dockerfile: { text: "FROM a" }, matcher: pathMatcher },
  secrets: new Map([["s", async () => Buffer.from("hidden")]]),
  ssh: new Map(),
  login: async () => undefined,
  onEvent: () => undefined,
  ...over,
});

/** The Engine notices the end of two connections in either order. */
const closed = (happened: readonly string[]): Promise<void> =>
  until(
    "both connections are closed",
    () => happened.includes("build closed") && happened.includes("session closed"),
  );

const never = new AbortController().signal;
const end = (answer: ServerResponse, record: unknown) => void answer.end(`${JSON.stringify(record)}\n`);
const image = { id: "moby.image.id", aux: { ID: "sha256:made" } };

const secretOf = async ({ engine }: Asked): Promise<string> => {
  const path = "/moby.buildkit.secrets.v1.Secrets/GetSecret";
  const { messages, status } = await engine.unary(path, GetSecretRequest, { ID: "s" }, GetSecretResponse);
  return messages[0] ? Buffer.from(messages[0].data).toString() : `status ${status}`;
};

const vertex = { digest: "1", inputs: [], name: "[1/1] RUN x", cached: false, error: "" };

test.each([false, true])(
  "builds, serves what the Engine asks for, and closes (first bytes at once: %p)",
  (speaksAtOnce) =>
    withEngine(
      async (asked) => {
        const { query, headers, trace, answer } = asked;
        expect(Object.fromEntries(query)).toMatchObject({
          version: "2",
          t: "a:1",
          nocache: "true",
          remote: "client-session",
          dockerfile: "Dockerfile",
          session: headers["x-docker-expose-session-uuid"],
        });
        expect(headers["x-docker-expose-session-sharedkey"]).toMatch(/^[0-9a-f]{64}$/);
        expect(String(headers["x-docker-expose-session-grpc-method"])).toContain(
          "/moby.filesync.v1.FileSync/DiffCopy",
        );
        const secret = await secretOf(asked);
        trace({ vertexes: [vertex], logs: [{ vertex: "1", stream: 1n, msg: Buffer.from(secret) }] });
        end(answer, image);
      },
      async (docker, happened) => {
        const events: BuildEvent[] = [];
        const built = await buildWithBuildKit(
          docker,
          settings({ onEvent: (event) => events.push(event) }),
          never,
        );
        expect(built).toEqual({ id: "sha256:made", warnings: [] });
        expect(events).toMatchObject([{ type: "step" }, { type: "log", text: "hidden" }]);
        await closed(happened);
      },
      { speaksAtOnce },
    ),
);

test("a failed step is a BuildError with what it wrote", () =>
  withEngine(
    ({ trace, answer }) => {
      trace({ logs: [{ vertex: "1", stream: 2n, msg: Buffer.from("no space") }] });
      trace({ vertexes: [{ ...vertex, error: "process did not complete: exit code: 2" }] });
      end(answer, { errorDetail: { message: "failed to solve: process did not complete: exit code: 2" } });
    },
    async (docker) => {
      const error = await buildWithBuildKit(docker, settings(), never).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(BuildError);
      expect(error).toBeInstanceOf(StreamError);
      expect(error).toMatchObject({
        code: "ERR_DOCKER_BUILD",
        message: "build failed at [1/1] RUN x: failed to solve: process did not complete: exit code: 2",
        step: "[1/1] RUN x",
        exitCode: 2,
        output: "no space",
      });
    },
  ));

test("an Engine without sessions is told apart, with what to do", () =>
  withEngine(
    () => undefined,
    async (docker) => {
      const error = await buildWithBuildKit(docker, settings(), never).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(EngineError);
      expect((error as Error).message).toMatch(/status 404: page not found\. .*builder: "classic"/);
    },
    { session: 404 },
  ));

test("a secret that cannot be read ends the build with the reason", () =>
  withEngine(
    async (asked) => {
      await secretOf(asked);
    },
    async (docker, happened) => {
      const reason = new TypeError("mine");
      const secrets = new Map([["s", () => Promise.reject(reason)]]);
      await expect(buildWithBuildKit(docker, settings({ secrets }), never)).rejects.toBe(reason);
      await closed(happened);
    },
  ));

test("a callback that throws ends the build with its error", () =>
  withEngine(
    ({ trace }) => trace({ vertexes: [vertex] }),
    async (docker, happened) => {
      const reason = new RangeError("mine");
      const onEvent = () => {
        throw reason;
      };
      await expect(buildWithBuildKit(docker, settings({ onEvent }), never)).rejects.toBe(reason);
      await closed(happened);
    },
  ));

test("a signal ends the build and its session", async () => {
  const controller = new AbortController();
  await withEngine(
    async () => {
      await sleep(20);
      controller.abort();
    },
    async (docker, happened) => {
      await expect(buildWithBuildKit(docker, settings(), controller.signal)).rejects.toThrow(AbortedError);
      await closed(happened);
    },
  );
});

test("a session that breaks ends the build that goes on without it", () =>
  withEngine(
    ({ connection }) => void connection.destroy(),
    async (docker) => {
      const error = await buildWithBuildKit(docker, settings(), never).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StreamError);
      expect((error as Error).message).toContain("the connection broke over which the Engine asks");
    },
  ));

test("a session that breaks is why the Engine's last words are what they are", () =>
  withEngine(
    async ({ connection, answer }) => {
      connection.destroy();
      await sleep(50);
      end(answer, { errorDetail: { message: "only one connection allowed" } });
    },
    async (docker) => {
      const error = await buildWithBuildKit(docker, settings(), never).catch((thrown: unknown) => thrown);
      expect(error).not.toBeInstanceOf(BuildError);
      expect((error as Error).message).toContain("the connection broke");
      expect(((error as Error).cause as Error).message).toContain("only one connection allowed");
    },
  ));

test("a build that no longer needs its broken session may succeed", () =>
  withEngine(
    async ({ connection, answer }) => {
      connection.destroy();
      await sleep(50);
      end(answer, image);
    },
    async (docker) => {
      expect((await buildWithBuildKit(docker, settings(), never)).id).toBe("sha256:made");
    },
  ));

test("folders of one name have keys of their own, unless the caller names one", async () => {
  const keys: unknown[] = [];
  await withEngine(
    ({ headers, answer }) => {
      keys.push(headers["x-docker-expose-session-sharedkey"]);
      end(answer, image);
    },
    async (docker) => {
      const context = (folder: string) => ({ folder, dockerfile: { text: "" }, matcher: pathMatcher });
      for (const folder of ["/one/app", "/other/app", "/one/app"]) {
        await buildWithBuildKit(docker, settings({ context: context(folder) }), never);
      }
      await buildWithBuildKit(docker, settings({ contextKey: "mine" }), never);
    },
  );
  const [one, other, again, named] = keys;
  expect(one).not.toBe(other);
  expect(again).toBe(one);
  expect(named).toBe("mine");
});

test.each<{ what: string; over: Partial<BuildKitSettings>; query: Record<string, unknown> }>([
  {
    what: "a tar",
    over: { context: { tar: Buffer.from("tar"), dockerfile: "sub/Dockerfile" } },
    query: {
      remote: expect.stringMatching(/^http:\/\/buildkit-session\/[0-9a-f-]{36}$/),
      dockerfile: "sub/Dockerfile",
    },
  },
  {
    what: "a Git repository",
    over: { context: { remote: "https://example.org/a.git#main" } },
    query: { remote: "https://example.org/a.git#main" },
  },
  {
    what: "an output",
    over: { output: { type: "image", attrs: { push: "true" } } },
    query: { outputs: '[{"Type":"image","Attrs":{"push":"true"}}]' },
  },
])("asks for a build of $what", ({ over, query }) =>
  withEngine(
    (asked) => {
      expect(Object.fromEntries(asked.query)).toMatchObject(query satisfies object as ImageBuildOptions);
      end(asked.answer, image);
    },
    async (docker) => {
      expect((await buildWithBuildKit(docker, settings(over), never)).id).toBe("sha256:made");
    },
  ),
);

test("a result that the Engine never sent is an error", () =>
  withEngine(
    ({ answer }) => void answer.end(),
    async (docker) => {
      const output = { type: "tar", attrs: {}, to: { file: "/nowhere/out.tar" } };
      await expect(buildWithBuildKit(docker, settings({ output }), never)).rejects.toThrow("sent no result");
    },
  ));
