import { once } from "node:events";
import { createServer, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { AbortedError, type Docker, TimeoutError } from "../../../src/index.js";
import { dialPipe } from "../../../src/transport/dial/pipe.js";
import { EngineRequest, Transport } from "../../../src/transport/index.js";
import { Lifetime } from "../../../src/transport/lifetime.js";
import { listen } from "../../helpers/listen.js";
import { withClientOf } from "../../helpers/servers.js";
import { makeCertificate } from "../config/certificates.js";

const wire = (more = {}) =>
  new EngineRequest("/_ping", { method: "GET", settings: { headers: {}, operation: "SystemPing", ...more } });
function lifetimeFor(ms: number, more = {}): Lifetime {
  const lifetime = new Lifetime(wire(more).settings, {
    connectTimeout: ms,
    late: () => new TimeoutError("late"),
  });
  lifetime.connecting();
  return lifetime;
}

/** Stands in for the system: every attempt to connect ends as the list says, the last one for ever. */
function attempts(...outcomes: (string | "open")[]) {
  return jest.spyOn(Socket.prototype, "connect").mockImplementation(function (this: Socket) {
    const { length } = jest.mocked(this.connect).mock.calls;
    const code = outcomes[Math.min(length, outcomes.length) - 1];
    Object.assign(this, { connecting: true });
    setImmediate(() =>
      code === "open"
        ? this.emit("connect")
        : this.destroy(Object.assign(new Error(code), { code, syscall: "connect" })),
    );
    return this;
  });
}

afterEach(() => void jest.restoreAllMocks());

describe("a Windows pipe", () => {
  const dial = (lifetime: Lifetime): Socket => {
    const socket = dialPipe("//./pipe/docker_engine", lifetime);
    lifetime.onEnd((reason) => socket.destroy(reason));
    return socket;
  };

  test("that is busy is tried again until it is not, by the socket that was returned", async () => {
    const connects = attempts("EBUSY", "EBUSY", "open");
    const lifetime = lifetimeFor(5000);
    const socket = dial(lifetime);
    await once(socket, "connect");
    expect(connects.mock.contexts).toEqual([socket, socket, socket]);
    lifetime.over();
  });

  test("that has no name while it is recycled is tried again, but not for long", async () => {
    const connects = attempts("ENOENT", "EBUSY", "ENOENT", "open");
    const lifetime = lifetimeFor(5000);
    const socket = dial(lifetime);
    await once(socket, "connect");
    expect(connects.mock.contexts).toEqual([socket, socket, socket, socket]);
    lifetime.over();

    attempts("ENOENT");
    const began = performance.now();
    const another = lifetimeFor(5000);
    await expect(once(dial(another), "connect")).rejects.toMatchObject({ code: "ENOENT" });
    expect(performance.now() - began).toBeLessThan(3000);
    another.over();
  });

  test("that is not there is named when connectTimeout is shorter than the attempts", async () => {
    attempts("ENOENT");
    const transport = new Transport(() => ({
      endpoint: { kind: "npipe", path: "//./pipe/x" },
      connectTimeout: 200,
    }));
    await expect(transport.send(wire())).rejects.toThrow(
      /^No connection to a Docker Engine at npipe:\/\/\/\/\.\/pipe\/x within 200 ms\. There is no such pipe/,
    );
    transport.close();
  });

  test.each(["EPERM", "EACCES"])("that is forbidden (%s) names the group that may use it", async (code) => {
    const connects = attempts(code);
    const transport = new Transport(() => ({
      endpoint: { kind: "npipe", path: "//./pipe/x" },
      connectTimeout: 5000,
    }));
    await expect(transport.send(wire())).rejects.toThrow(/access is denied\. .*docker-users/);
    expect(connects).toHaveBeenCalledTimes(1);
    transport.close();
  });

  test("that stays busy is abandoned after connectTimeout", async () => {
    const connects = attempts("EBUSY");
    await expect(once(dial(lifetimeFor(180)), "connect")).rejects.toThrow(TimeoutError);
    const { length } = connects.mock.calls;
    expect(length).toBeGreaterThan(1);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(connects).toHaveBeenCalledTimes(length);
  });

  test("that stays busy is given up when the call is aborted", async () => {
    const abort = new AbortController();
    attempts("EBUSY");
    const dialling = once(dial(lifetimeFor(5000, { signal: abort.signal })), "connect");
    setTimeout(() => abort.abort(), 60);
    await expect(dialling).rejects.toThrow(AbortedError);
  });

  // A pipe's path is a socket's elsewhere, and all else is the same.
  test("carries calls as a socket does", async () => {
    let connections = 0;
    const { path, close } = await listen(
      createServer((socket) => {
        connections += 1;
        socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"));
      }),
    );
    const transport = new Transport(() => ({ endpoint: { kind: "npipe", path }, connectTimeout: 5000 }));
    for (let i = 0; i < 3; i += 1) expect(await (await transport.send(wire())).text()).toBe("OK");
    expect(connections).toBe(1);
    transport.close();
    await close();
  });
});

describe("a TCP connection is kept alive every 30 seconds from the start", () => {
  const { cert, key } = makeCertificate("ec");

  test.each([
    { what: "plain", tls: undefined },
    { what: "TLS", tls: { verify: false } },
  ])("$what, for ordinary calls, hijacked ones and WebSockets", async ({ tls }) => {
    const answer = (socket: Socket) =>
      void socket.on("error", () => undefined).once("data", () => socket.end("HTTP/1.1 404 X\r\n\r\n"));
    const server = tls ? createTlsServer({ cert, key }, answer) : createServer(answer);
    const spied = jest.spyOn(Socket.prototype, "setKeepAlive");
    const use = async (docker: Docker): Promise<void> => {
      for (const call of [
        () => docker.systemPing(),
        () => docker.containerAttach("web"),
        () => docker.containerAttachWebsocket("web"),
      ]) {
        spied.mockClear();
        expect(await call().result()).toMatchObject({ ok: false, status: 404 });
        expect(spied.mock.calls).toContainEqual([true, 30_000]);
      }
    };
    await withClientOf(server, use, { transport: "tcp", tls });
  });
});
