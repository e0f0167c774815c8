import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type Docker, StreamError } from "../../../src/index.js";
import { attached, both, OFFERED, withFastServer } from "./fast-server.js";

const LIMIT = 2 * 2 ** 20;

/** How much was taken once nothing more is. */
async function settled(bytes: () => number): Promise<number> {
  for (let before = -1; ; ) {
    await sleep(150);
    const now = bytes();
    if (now === before) return now;
    before = now;
  }
}

const kinds: Readonly<Record<string, (docker: Docker) => Promise<AsyncIterable<unknown>>>> = {
  "a tar": (docker) => docker.imageGet("big"),
  "an archive": (docker) => docker.containerArchive("web", { path: "/" }),
  "logs in frames": (docker) => docker.containerLogs("web", both),
  "logs of a terminal": (docker) => docker.containerLogs("tty", both),
  "attach in frames": (docker) => docker.containerAttach("web", attached),
  "attach to a terminal": (docker) => docker.containerAttach("tty", attached),
  "an exec": (docker) => docker.execStart("tty", { body: { Detach: false, Tty: true } }),
  "a websocket": (docker) => docker.containerAttachWebsocket("web", attached),
  "JSON lines": (docker) => docker.systemEvents(),
  progress: (docker) => docker.imageCreate({ fromImage: "big" }),
  "a tar as a Node stream": async (docker) => (await docker.imageGet("big")).toNode(),
  "a tar as a web stream": async (docker) => (await docker.imageGet("big")).toWeb(),
};

/** Over both transports side by side: most of the time goes by waiting for what must not come. */
const overBoth = (use: Parameters<typeof withFastServer>[1]) =>
  Promise.all((["unix", "tcp"] as const).map((transport) => withFastServer(transport, use)));

describe("what is taken of an Engine that is faster", () => {
  test.each(Object.keys(kinds))("of %s is at most 2 MiB if nobody reads", async (kind) => {
    await overBoth(async ({ docker, taken: bytes }) => {
      const stream = await kinds[kind]?.(docker);
      expect(stream).toBeDefined();
      const taken = await settled(bytes);
      expect(taken).toBeGreaterThan(0);
      expect(taken).toBeLessThanOrEqual(LIMIT);
    });
  });

  test.each(Object.keys(kinds))(
    "of %s is at most 2 MiB if the reader stops, and all if it goes on",
    async (kind) => {
      await overBoth(async ({ docker, taken: bytes }) => {
        const stream = await kinds[kind]?.(docker);
        const iterator = stream?.[Symbol.asyncIterator]();
        for (let i = 0; i < 3; i += 1) expect((await iterator?.next())?.done).toBe(false);
        expect(await settled(bytes)).toBeLessThanOrEqual(LIMIT);
        while (!(await iterator?.next())?.done);
        expect(bytes()).toBeGreaterThanOrEqual(OFFERED);
      });
    },
  );

  test("of output that is piped into a stream that takes nothing is at most 2 MiB", async () => {
    await overBoth(async ({ docker, taken: bytes }) => {
      const stuck = new Writable({ write: () => undefined });
      const piping = (await docker.containerLogs("web", both)).pipe(stuck);
      expect(await settled(bytes)).toBeLessThanOrEqual(LIMIT);
      stuck.destroy();
      await expect(piping).rejects.toThrow(StreamError);
    });
  });
});
