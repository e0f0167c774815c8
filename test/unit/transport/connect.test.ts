import { connect, createServer } from "node:net";
import { Duplex } from "node:stream";
import { AbortedError, ConfigError, ConnectionError, Docker, TimeoutError } from "../../../src/index.js";
import { startFakeEngine } from "../../../src/testing/index.js";
import { listen } from "../../helpers/listen.js";
import { outcomes } from "../../helpers/outcomes.js";
import { withServer } from "../../helpers/servers.js";
import { latch } from "../../helpers/waiting.js";

/** A stream that is not a socket and has none of a socket's other methods. */
function plainDuplex(path: string): Duplex {
  const socket = connect(path);
  return Duplex.from({ readable: socket, writable: socket });
}

test.each([
  ["a socket", (path: string) => connect(path)],
  ["a promise of one", async (path: string) => connect(path)],
  ["a stream that is not a socket", plainDuplex],
])("calls go over what connect returns, and it is kept for the next: %s", async (_, open) => {
  await using fake = await startFakeEngine({ images: [{ name: "demo" }] });
  const path = fake.host.replace("unix://", "");
  let opened = 0;
  await using docker = new Docker({
    connect: () => {
      opened += 1;
      return open(path);
    },
  });
  for (let i = 0; i < 5; i += 1) expect(await docker.systemPing()).toBe("OK");
  expect((await (await docker.imageGet("demo")).bytes()).length).toBeGreaterThan(64 * 1024);
  expect(await docker.imageGet("none").result()).toMatchObject({ ok: false, status: 404 });
  expect(opened).toBe(1);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("no tunnel");
    },
    "no tunnel",
  ],
  [
    "rejects",
    () => Promise.reject(Object.assign(new Error("x"), { code: "ECONNREFUSED" })),
    "nothing listens on it",
  ],
  ["rejects with nothing that can be shown", () => Promise.reject(Object.create(null)), "cannot be shown"],
  [
    "gives what cannot be read",
    () => ({
      get read() {
        throw new Error("locked");
      },
    }),
    "locked",
  ],
  ["gives a stream that fails", () => connect("/no/such.sock"), "there is no such socket"],
] as const)("a connect that %s is a ConnectionError", async (_, fail, says) => {
  await using docker = new Docker({ connect: fail as unknown as () => Duplex });
  const calls = [docker.systemPing(), docker.containerAttach("web"), docker.containerAttachWebsocket("web")];
  for (const result of await outcomes(calls)) {
    expect(result.error).toBeInstanceOf(ConnectionError);
    expect(result.error?.message).toContain("Cannot reach a Docker Engine through the option connect: ");
    expect(result.error?.message).toContain(says);
    expect(result.error?.cause).toHaveProperty("message");
  }
});

test("a connect that returns no stream is a ConfigError", async () => {
  await using docker = new Docker({ connect: (() => ({})) as never });
  const result = await docker.systemPing().result();
  expect(!result.ok && result.error).toBeInstanceOf(ConfigError);
  expect(!result.ok && result.error.message).toContain("must return a Duplex");
});

describe("a connect that takes too long", () => {
  const asked = (docker: Docker, request = {}) => [
    docker.systemPing(request),
    docker.imageLoad({ body: Buffer.from("x") }, request),
    docker.containerAttach("web", {}, request),
    docker.containerAttachWebsocket("web", {}, request),
  ];
  const slow = () => {
    const signals: AbortSignal[] = [];
    const opened: Duplex[] = [];
    const late = latch();
    const open = async (abandoned: AbortSignal): Promise<Duplex> => {
      signals.push(abandoned);
      await late.fired;
      const stream = new Duplex({ read: () => undefined, write: (_, __, done) => done() });
      opened.push(stream);
      return stream;
    };
    return { signals, opened, open, arrive: late.fire };
  };

  test("is a TimeoutError after connectTimeout; what comes late is ended", async () => {
    const { signals, opened, open, arrive } = slow();
    await using docker = new Docker({ connect: open, connectTimeout: 50 });
    for (const result of await outcomes(asked(docker))) {
      expect(result.error).toBeInstanceOf(TimeoutError);
      expect(result.error?.message).toBe(
        "No connection to a Docker Engine through the option connect within 50 ms. " +
          "Check the address and the network on the way, or raise connectTimeout.",
      );
    }
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, true]);
    arrive();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(opened.map(({ destroyed }) => destroyed)).toEqual([true, true, true, true]);
  });

  test("is ended by the call's signal, by its timeout and by close()", async () => {
    const { signals, open } = slow();
    const docker = new Docker({ connect: open });
    const abort = new AbortController();
    const aborted = asked(docker, { signal: abort.signal });
    const late = asked(docker, { timeout: 30 });
    const closed = asked(docker);
    setTimeout(() => abort.abort(), 10);
    const errors = async (calls: Parameters<typeof outcomes>[0]) =>
      (await outcomes(calls)).map(({ error }) => error?.constructor);
    // All are heard from the start, and the last are ended last, however busy the machine is.
    const [ofAborted, ofLate, ofClosed] = [aborted, late, closed].map(errors);
    expect(await ofAborted).toEqual(Array(4).fill(AbortedError));
    expect(await ofLate).toEqual(Array(4).fill(TimeoutError));
    await docker.close();
    expect(await ofClosed).toEqual(Array(4).fill(AbortedError));
    expect(signals.every((each) => each.aborted)).toBe(true);
  });
});

describe("connectTimeout", () => {
  test("covers the TLS handshake, and names the address", async () => {
    const silent = createServer((socket) => void socket.on("error", () => undefined));
    const server = await listen(silent, "tcp");
    const host = server.host.replace("tcp:", "https:");
    const docker = new Docker({ host, connectTimeout: 60 });
    const calls = [
      docker.systemPing(),
      docker.containerAttach("web"),
      docker.containerAttachWebsocket("web"),
    ];
    for (const result of await outcomes(calls)) {
      expect(result.error).toBeInstanceOf(TimeoutError);
      expect(result.error?.message).toContain(`at ${host} within 60 ms`);
    }
    await docker.close();
    await server.close();
  });

  test("does not cover the wait for the answer, nor a kept connection", async () => {
    await withServer(
      (request, response) =>
        void setTimeout(() => response.end("[]"), request.url?.includes("json") ? 150 : 0),
      async (docker) => {
        expect(await docker.containerList()).toEqual([]);
        expect(await docker.containerList()).toEqual([]);
      },
      { connectTimeout: 50 },
    );
  });
});

describe("a connect that returns a dead stream", () => {
  const opened = (end: (stream: Duplex) => void): Duplex => {
    const stream = new Duplex({ read: () => undefined, write: (_, __, done) => done() });
    stream.on("error", () => undefined);
    end(stream);
    return stream;
  };
  const closed = "the stream that connect returned is already closed";

  test.each([
    { what: "destroyed", end: (stream: Duplex) => stream.destroy(), says: closed },
    { what: "broken", end: (stream: Duplex) => stream.destroy(new Error("no tunnel")), says: "no tunnel" },
    { what: "ended by itself", end: (stream: Duplex) => stream.end(), says: closed },
    { what: "ended by the other side", end: (stream: Duplex) => stream.resume().push(null), says: closed },
  ])("fails each call at once: $what", async ({ end, says }) => {
    await using docker = new Docker({
      connect: async () => {
        const stream = opened(end);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return stream;
      },
    });
    const calls = [
      docker.systemPing({ timeout: 2000 }),
      docker.containerAttach("web", {}, { timeout: 2000 }),
      docker.execStart("abc", { body: { Detach: false } }, { timeout: 2000 }),
      docker.containerAttachWebsocket("web", {}, { timeout: 2000 }),
    ];
    for (const { error } of await outcomes(calls)) {
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error?.message).toContain(says);
    }
  });

  test("also if it dies on the way to the call", async () => {
    await using docker = new Docker({
      connect: () => opened((stream) => queueMicrotask(() => queueMicrotask(() => stream.destroy()))),
    });
    for (const { error } of await outcomes([
      docker.systemPing({ timeout: 2000 }),
      docker.containerAttach("web", {}, { timeout: 2000 }),
      docker.containerAttachWebsocket("web", {}, { timeout: 2000 }),
    ])) {
      expect(error).toBeInstanceOf(ConnectionError);
    }
  });
});
