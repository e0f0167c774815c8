import type { ServerResponse } from "node:http";
import {
  AbortedError,
  ArgumentError,
  ConnectionError,
  Docker,
  type EventsOptions,
  isEngineError,
} from "../../../../src/index.js";
import { until } from "../../../helpers/waiting.js";
import { type Reaction, type Script, withEngine } from "../scripted-engine.js";

const EVENTS = "GET /events";

/** An event as text: its nanoseconds may be beyond what a number holds. */
const event = (timeNano: bigint, name: string): string =>
  `{"Type":"container","Action":"${name}","Actor":{"ID":"c"},"time":${timeNano / 1_000_000_000n},"timeNano":${timeNano}}\n`;
const T = 1_795_469_423_808_425_632n;

/** Tells events, and then ends the stream, breaks it off, or goes on without a word. */
const tell =
  (text: string, then: "end" | "cut" | "wait" = "cut", headers: Record<string, string> = {}): Reaction =>
  (response: ServerResponse) => {
    response.writeHead(200, { "Content-Type": "application/json", ...headers }).flushHeaders();
    if (text) response.write(text);
    if (then === "end") response.end();
    if (then === "cut") setTimeout(() => response.destroy(), 20);
  };

const script = (...answers: Reaction[]): Script => ({ [EVENTS]: answers });
const sinceOf = (call: string | undefined): string | null =>
  new URLSearchParams(call?.split("?")[1]).get("since");

/** Reads events until there are as many as wanted. */
async function read(docker: Docker, count: number, options: EventsOptions = {}): Promise<string[]> {
  const actions: string[] = [];
  for await (const { Action = "" } of docker.events(options)) {
    actions.push(Action);
    if (actions.length === count) break;
  }
  return actions;
}

test("events go on where they broke off, from the exact nanosecond of the last one", async () => {
  const answers = [tell(event(T, "a") + event(T + 256n, "b")), tell(event(T + 512n, "c"), "wait")];
  await withEngine(script(...answers), async ({ docker, calls, underWay }) => {
    const actions: (string | undefined)[] = [];
    let isExact = false;
    for await (const { Action, timeNano } of docker.events()) {
      actions.push(Action);
      isExact = typeof timeNano === "bigint";
      if (actions.length === 3) break;
    }
    expect(actions).toEqual(["a", "b", "c"]);
    const [seconds, nanos] = (sinceOf(calls[1]) ?? "").split(".");
    const since = BigInt(`${seconds}${nanos}`);
    if (isExact) expect(since).toBe(T + 256n);
    expect(since <= T + 256n && since > T - 512n).toBe(true);
    await until("leaving the loop closes the connection", () => underWay() === 0);
  });
});

test("what the Engine tells again is not given again, what is new in the same nanosecond is", async () => {
  const again = event(T, "a") + event(T, "b") + event(T, "c") + event(T + 512n, "d");
  await withEngine(script(tell(event(T, "a") + event(T, "b")), tell(again, "wait")), async ({ docker }) => {
    expect(await read(docker, 4)).toEqual(["a", "b", "c", "d"]);
  });
});

test("an Engine that resumes by the whole second repeats nothing either", async () => {
  const first = event(T, "a") + event(T + 100_000_000n, "b");
  const answers = [
    tell(first),
    tell(first + event(T + 200_000_000n, "c")),
    tell(first + event(T + 300_000_000n, "d")),
  ];
  await withEngine(script(...answers), async ({ docker }) => {
    expect(await read(docker, 4)).toEqual(["a", "b", "c", "d"]);
  });
});

test("events that come out of order are all given", async () => {
  await withEngine(script(tell(event(T + 512n, "b") + event(T, "a"), "wait")), async ({ docker }) => {
    expect(await read(docker, 2)).toEqual(["b", "a"]);
  });
});

test("an Engine that ends the stream, and one that fails with 500, are asked again", async () => {
  const answers: Reaction[] = [
    tell(event(T, "a"), "end"),
    { status: 503, json: { message: "starting" } },
    // The first one breaks a kept connection, so that the question is sent again at once, on a new one.
    "cut",
    "cut",
    tell(event(T + 512n, "b"), "wait"),
  ];
  const told: string[] = [];
  const options = {
    onConnected: () => told.push("connected"),
    onDisconnected: ({ name }: Error) => told.push(name),
  };
  await withEngine(script(...answers), async ({ docker }) => {
    expect(await read(docker, 2, options)).toEqual(["a", "b"]);
    expect(told).toEqual(["connected", "StreamError", "EngineError", "ConnectionError", "connected"]);
  });
});

test("a reconnect that takes too long is tried again", async () => {
  const answers = [tell(event(T, "a")), "hang" as const, tell(event(T + 512n, "b"), "wait")];
  const told: string[] = [];
  const onDisconnected = ({ name }: Error) => told.push(name);
  await withEngine(
    script(...answers),
    async ({ docker }) => expect(await read(docker, 2, { onDisconnected })).toEqual(["a", "b"]),
    { timeout: 300 },
  );
  expect(told).toEqual(["StreamError", "TimeoutError"]);
});

test.each([
  { options: { filter: { type: ["container"] } }, says: '; write filters: { type: ["container"] }' },
  { options: { timeout: 5 }, says: "; write signal: AbortSignal.timeout(ms)" },
  { options: { onConnected: 1 }, says: "events: the option onConnected must be a function, not 1" },
  { options: null, says: "events: the options must be an object, not null" },
])("the options $options are refused: $says", async ({ options, says }) => {
  await withEngine(script(), async ({ docker }) => {
    const reading = read(docker, 1, options as EventsOptions);
    await expect(reading).rejects.toThrow(ArgumentError);
    await expect(read(docker, 1, options as EventsOptions)).rejects.toThrow(says);
  });
});

test("without an event so far, the next stream begins where the first one did", async () => {
  const engineClock = new Date(Date.now() - 3_600_000);
  engineClock.setMilliseconds(0);
  const answers = [tell("", "cut", { Date: engineClock.toUTCString() }), tell(event(T, "a"), "wait")];
  await withEngine(script(...answers), async ({ docker, calls }) => {
    await read(docker, 1);
    expect(sinceOf(calls[0])).toBeNull();
    expect(sinceOf(calls[1])).toBe(`${engineClock.getTime() / 1000}.000000000`);
  });
  const near = [tell(""), tell(event(T, "a"), "wait")];
  await withEngine(script(...near), async ({ docker, calls }) => {
    const before = Date.now();
    await read(docker, 1);
    expect(Number(sinceOf(calls[1])) * 1000).toBeGreaterThanOrEqual(before - 1);
  });
});

test("connected is told before the first event", async () => {
  await withEngine(script(tell("", "wait")), async ({ docker }) => {
    const abort = new AbortController();
    const ending = read(docker, 1, { signal: abort.signal, onConnected: () => abort.abort() });
    await expect(ending).rejects.toThrow(AbortedError);
  });
});

test("filters, since and until are sent, and until ends the stream", async () => {
  const answers = [tell(event(T, "a"), "end")];
  await withEngine(script(...answers), async ({ docker, calls }) => {
    const options = {
      filters: { type: ["container"] },
      since: new Date(1_500_000_000_123),
      until: "2017-07-14T02:40:01Z",
    };
    expect(await read(docker, 9, options)).toEqual(["a"]);
    expect(calls).toHaveLength(1);
    const query = new URLSearchParams(calls[0]?.split("?")[1]);
    expect(Object.fromEntries(query)).toEqual({
      filters: '{"type":["container"]}',
      since: "1500000000.123",
      until: "1500000001.000",
    });
  });
});

test("a stream that ends before until is resumed", async () => {
  const end = Date.now() / 1000 + 0.3;
  const answers = [tell(event(T, "a"), "end"), tell(event(T + 512n, "b"), "end"), tell("", "end")];
  await withEngine(script(...answers), async ({ docker }) => {
    expect(await read(docker, 9, { until: end })).toEqual(["a", "b"]);
  });
});

describe("gives up", () => {
  test("on a refusal", async () => {
    await withEngine(
      script(tell(event(T, "a")), { status: 400, json: { message: "no" } }),
      async ({ docker }) => {
        const error = await read(docker, 9).catch((caught) => caught);
        expect(isEngineError(error, 400)).toBe(true);
      },
    );
  });

  test("where no Engine is to begin with", async () => {
    const docker = new Docker({ host: "unix:///sdk-test-nothing.sock" });
    await expect(read(docker, 1)).rejects.toThrow(ConnectionError);
  });

  test.each([
    { phase: "before the answer", answers: ["hang" as const] },
    { phase: "while it listens", answers: [tell(event(T, "a"), "wait")] },
    { phase: "while it waits to connect again", answers: [tell(event(T, "a"), "cut"), "cut" as const] },
  ])("when the signal fires $phase", async ({ answers }) => {
    const abort = new AbortController();
    const reason = new Error("enough");
    await withEngine(script(...answers), async ({ docker, underWay }) => {
      const ending = read(docker, 9, { signal: abort.signal }).catch((caught) => caught);
      await new Promise((resolve) => setTimeout(resolve, 300));
      abort.abort(reason);
      expect(await ending).toBeInstanceOf(AbortedError);
      expect((await ending).cause).toBe(reason);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test.each([
    { phase: "before the answer", answers: ["hang" as const] },
    { phase: "while it waits for an event", answers: [tell("", "wait")] },
    { phase: "while it waits to connect again", answers: [tell("", "cut"), "cut" as const] },
  ])("at once when left $phase", async ({ answers }) => {
    await withEngine(script(...answers), async ({ docker, underWay }) => {
      const values = docker.events();
      const pending = values.next();
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await values.return()).toEqual({ done: true, value: undefined });
      expect(await pending).toEqual({ done: true, value: undefined });
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("when the client is closed", async () => {
    await withEngine(script(tell(event(T, "a"), "wait")), async ({ docker }) => {
      const ending = (async () => {
        for await (const _ of docker.events()) await docker.close();
      })();
      await expect(ending).rejects.toThrow(AbortedError);
    });
  });

  test("when a function that is told throws, and lets go of the connection", async () => {
    await withEngine(script(tell(event(T, "a"), "wait")), async ({ docker, underWay }) => {
      const onConnected = () => {
        throw new Error("the caller's");
      };
      await expect(read(docker, 1, { onConnected })).rejects.toThrow("the caller's");
      await until("no connection is busy", () => underWay() === 0);
    });
  });
});

test.each(["yesterday", Number.NaN, -1, new Date("x")])("the moment %p is refused", async (since) => {
  await withEngine(script(), async ({ docker, calls }) => {
    await expect(read(docker, 1, { since })).rejects.toThrow(ArgumentError);
    expect(calls).toEqual([]);
  });
});
