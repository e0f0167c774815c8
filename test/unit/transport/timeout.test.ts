import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { type Docker, TimeoutError } from "../../../src/index.js";
import { EngineRequest, Transport } from "../../../src/transport/index.js";
import { withByteServer } from "../../helpers/byte-server.js";

const JSON_TYPE = "Content-Type: application/json\r\n";
const FRAMES_TYPE = "Content-Type: application/vnd.docker.multiplexed-stream\r\n";
const SWITCH = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
const limit = { timeout: 100 };
const BODY = {
  form: "whose body stalls",
  answer: `HTTP/1.1 200 OK\r\n${JSON_TYPE}Content-Length: 9\r\n\r\n[`,
};
const HEAD = {
  form: "that has only a head",
  answer: `HTTP/1.1 200 OK\r\n${JSON_TYPE}Content-Length: 9\r\n\r\n`,
};
const CHUNKS = {
  form: "whose chunks stall",
  answer: `HTTP/1.1 200 OK\r\n${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n`,
};
const FAILURE = {
  form: "whose error body stalls",
  answer: `HTTP/1.1 500 Oops\r\n${JSON_TYPE}Content-Length: 99\r\n\r\n{"message":`,
};
const REDIRECTION = {
  form: "whose redirection stalls",
  answer: "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 99\r\n\r\n<a",
};

describe("a timeout covers the whole of an answer", () => {
  const data: [string, (docker: Docker) => PromiseLike<unknown>][] = [
    ["a list", (docker) => docker.containerList({}, limit)],
    ["a wait", (docker) => docker.containerWait("web", {}, limit)],
    ["text", (docker) => docker.systemPing(limit)],
    ["nothing", (docker) => docker.containerPause("web", limit)],
    ["a creation", (docker) => docker.containerCreate({ Image: "a" }, {}, limit)],
  ];
  const streams: [string, (docker: Docker) => PromiseLike<unknown>][] = [
    ["a tar", (docker) => docker.imageGet("a", undefined, limit)],
    ["logs", (docker) => docker.containerLogs("web", { stdout: true }, limit)],
    ["events", (docker) => docker.systemEvents({}, limit)],
    ["progress", (docker) => docker.imageCreate({ fromImage: "a" }, limit)],
    ["an attach", (docker) => docker.containerAttach("web", {}, limit)],
    ["an exec", (docker) => docker.execStart("abc", { body: { Detach: false } }, limit)],
    ["a websocket", (docker) => docker.containerAttachWebsocket("web", {}, limit)],
  ];
  const table = [
    ...data.flatMap(([what, call]) =>
      [BODY, HEAD, CHUNKS, FAILURE].map((stall) => ({ what, call, ...stall })),
    ),
    ...streams.flatMap(([what, call]) => [FAILURE, REDIRECTION].map((stall) => ({ what, call, ...stall }))),
  ];

  test.each(table)("of $what $form", async ({ call, answer }) => {
    await withByteServer(
      (socket) => void socket.write(answer),
      async (docker, { closed }) => {
        const began = performance.now();
        await expect(call(docker)).rejects.toThrow(TimeoutError);
        expect(performance.now() - began).toBeGreaterThan(90);
        await closed();
      },
    );
  });

  test("and says whether it had begun", async () => {
    await withByteServer(
      (socket, request) => void (request.includes("/_ping") || socket.write(BODY.answer)),
      async (docker) => {
        await expect(docker.systemPing(limit)).rejects.toThrow("SystemPing: no answer within 100 ms");
        await expect(docker.containerList({}, limit)).rejects.toThrow(
          "ContainerList: the answer did not end within 100 ms",
        );
      },
    );
  });
});

test("a timeout covers a stream only until it begins", async () => {
  const frame = "\x01\0\0\0\0\0\0\x02hi";
  await withByteServer(
    (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${FRAMES_TYPE}\r\n`);
      setTimeout(() => socket.end(frame, "latin1"), 250);
    },
    async (docker) => {
      const logs = await docker.containerLogs("web", { stdout: true }, limit);
      expect(await logs.text()).toEqual({ stdout: "hi", stderr: "" });
    },
  );
});

describe("an idle timeout", () => {
  const request = (more = {}) =>
    new EngineRequest("/x", {
      method: "GET",
      settings: { headers: {}, isStream: true, idleTimeout: 150, operation: "X", ...more },
    });
  const transportTo = (socketPath: string) =>
    new Transport(() => ({ endpoint: { kind: "unix", socketPath }, connectTimeout: 5000 }));

  test.each([
    { way: "send", head: "HTTP/1.1 200 OK\r\n\r\n" },
    { way: "upgrade", head: SWITCH },
  ] as const)("ends $way when nothing has come for so long, and not before", async ({ way, head }) => {
    await withByteServer(
      (socket) => {
        socket.write(head);
        for (const at of [80, 160, 240]) setTimeout(() => socket.write("x"), at);
      },
      async (_, { path, closed }) => {
        const transport = transportTo(path);
        const { body } = await transport[way](request());
        let received = "";
        const reading = (async () => {
          for await (const piece of body) received += piece;
        })();
        await expect(reading).rejects.toThrow("X: the Engine sent nothing for 150 ms");
        await expect(reading).rejects.toThrow(TimeoutError);
        expect(received).toBe("xxx");
        await closed();
        transport.close();
      },
    );
  });

  test("ends a WebSocket too", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    server.on("connection", (socket) => socket.send("x"));
    const transport = new Transport(() => ({
      endpoint: { kind: "tcp", hostname: "127.0.0.1", port, basePath: "" },
      connectTimeout: 5000,
    }));
    const { body } = await transport.websocket(request());
    const reading = (async () => {
      for await (const _ of body);
    })();
    await expect(reading).rejects.toThrow("sent nothing for 150 ms");
    transport.close();
    await new Promise((resolve) => server.close(resolve));
  });

  test("does not count the time that a reader takes", async () => {
    await withByteServer(
      (socket) => void socket.end(`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(1 << 20)}`),
      async (_, { path }) => {
        const transport = transportTo(path);
        const { body } = await transport.send(request());
        await sleep(400);
        let received = 0;
        for await (const piece of body) {
          received += piece.length;
          if (received < 1000) await sleep(400);
        }
        expect(received).toBe(1 << 20);
        transport.close();
      },
    );
  });

  test("leaves no timer when the body has ended", async () => {
    await withByteServer(
      (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"),
      async (_, { path }) => {
        const transport = transportTo(path);
        const before = timers();
        const response = await transport.send(request({ timeout: 60_000, idleTimeout: 60_000 }));
        expect(timers()).toBe(before + 1);
        expect(await response.text()).toBe("[]");
        await sleep(10);
        expect(timers()).toBe(before);
        transport.close();
      },
    );
  });
});

const timers = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
