import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { AbortedError, type AttachStream, type Docker } from "../../../src/index.js";
import { attached, both, type FastServer, withFastServer } from "./fast-server.js";

/** What all streams have. */
interface AnyStream extends AsyncIterable<unknown> {
  readonly cancel: () => void;
}

type Request = { readonly signal?: AbortSignal };

/** Each kind of stream, of a container that writes without end, or a little and then nothing more. */
const kinds: Readonly<
  Record<string, (docker: Docker, name: string, request?: Request) => Promise<AnyStream>>
> = {
  "a tar": (docker, name, request) => docker.imageGet(name, undefined, request),
  "an archive": (docker, name, request) => docker.containerArchive(name, { path: "/" }, request),
  "logs in frames": (docker, name, request) => docker.containerLogs(name, both, request),
  "logs of a terminal": (docker, name, request) => docker.containerLogs(`tty-${name}`, both, request),
  "attach in frames": (docker, name, request) => docker.containerAttach(name, attached, request),
  "attach to a terminal": (docker, name, request) => docker.containerAttach(`tty-${name}`, attached, request),
  "an exec": (docker, name, request) => docker.execStart(name, { body: { Detach: false } }, request),
  "a websocket": (docker, name, request) => docker.containerAttachWebsocket(name, attached, request),
  "JSON lines": (docker, name, request) => docker.containerStats(name, {}, request),
  progress: (docker, name, request) => docker.imageCreate({ fromImage: name }, request),
};
const names = Object.keys(kinds);

const open = async (
  kind: string,
  { docker }: FastServer,
  name: string,
  request?: Request,
): Promise<AnyStream> => (kinds[kind] as NonNullable<(typeof kinds)[string]>)(docker, name, request);

/** A connection of a stream that has ended is closed within a moment, whatever the Engine has to say. */
async function closed({ connections }: FastServer): Promise<void> {
  for (let i = 0; connections() > 0 && i < 50; i += 1) await sleep(5);
  expect(connections()).toBe(0);
}

async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

/** The ways to end a stream from outside of the loop that reads it. */
const ends = ["cancel", "abort"] as const;

function ending(end: (typeof ends)[number]) {
  const abort = new AbortController();
  return {
    request: { signal: abort.signal },
    end: (stream: AnyStream): void => (end === "abort" ? abort.abort() : stream.cancel()),
  };
}

describe.each(names)("%s", (kind) => {
  describe.each(ends)("ended by %s", (how) => {
    test.each(["flood", "half"])("before the first read, of an Engine that tells a %s", async (name) => {
      await withFastServer("unix", async (server) => {
        const { request, end } = ending(how);
        const stream = await open(kind, server, name, request);
        end(stream);
        await closed(server);
        await expect(readAll(stream)).rejects.toThrow(AbortedError);
      });
    });

    test("while a reader waits in the middle of a piece", async () => {
      await withFastServer("unix", async (server) => {
        const { request, end } = ending(how);
        const stream = await open(kind, server, "half", request);
        const reading = expect(readAll(stream)).rejects.toThrow(AbortedError);
        await sleep(20);
        end(stream);
        await reading;
        await closed(server);
      });
    });

    test("while a reader is at work", async () => {
      await withFastServer("unix", async (server) => {
        const { request, end } = ending(how);
        const stream = await open(kind, server, "flood", request);
        const reading = (async () => {
          let pieces = 0;
          for await (const _ of stream) if (++pieces === 3) end(stream);
        })();
        await expect(reading).rejects.toThrow(AbortedError);
        await closed(server);
      });
    });
  });

  test("whose loop is left closes its connection", async () => {
    await withFastServer("unix", async (server) => {
      for await (const _ of await open(kind, server, "flood")) break;
      await closed(server);
    });
  });

  test.each([
    { when: "before it was asked for anything", isPending: false },
    { when: "while it waits for more", isPending: true },
  ])("whose iterator is returned $when closes its connection", async ({ isPending }) => {
    await withFastServer("unix", async (server) => {
      const iterator = (await open(kind, server, "half"))[Symbol.asyncIterator]();
      const waiting = isPending
        ? readAll({ [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) })
        : undefined;
      waiting?.catch(() => undefined);
      await sleep(20);
      await iterator.return?.();
      await closed(server);
      await waiting?.catch(() => undefined);
    });
  });
});

describe("a tar as another stream", () => {
  test.each(["before the first read", "while it waits for more"])(
    "destroyed %s closes its connection",
    async (when) => {
      await withFastServer("unix", async (server) => {
        const node = (await server.docker.imageGet("half")).toNode();
        if (when !== "before the first read") node.resume();
        await sleep(20);
        node.destroy();
        await closed(server);
      });
    },
  );

  test.each(["before the first read", "while it waits for more"])(
    "cancelled %s closes its connection",
    async (when) => {
      await withFastServer("unix", async (server) => {
        const reader = (await server.docker.imageGet("half")).toWeb().getReader();
        if (when !== "before the first read") {
          await reader.read();
          reader.read().catch(() => undefined);
        }
        await sleep(20);
        await reader.cancel();
        await closed(server);
      });
    },
  );
});

test.each(["before it was asked for anything", "while it waits for more"])(
  "lines() whose iterator is returned %s closes the connection",
  async (when) => {
    await withFastServer("unix", async (server) => {
      const lines = (await server.docker.containerLogs("half", both)).lines();
      if (when === "while it waits for more") lines.next().catch(() => undefined);
      await sleep(20);
      await lines.return();
      await closed(server);
    });
  },
);

describe.each(["logs in frames", "attach to a terminal", "a websocket"])("%s", (kind) => {
  test.each(ends)("piped into a stream that takes nothing are ended by %s at once", async (how) => {
    await withFastServer("unix", async (server) => {
      const { request, end } = ending(how);
      const stream = (await open(kind, server, "flood", request)) as AttachStream;
      const stuck = new Writable({ write: () => undefined });
      const piping = expect(stream.pipe(stuck)).rejects.toThrow(AbortedError);
      await sleep(20);
      end(stream);
      await piping;
      await closed(server);
      expect(["drain", "error", "close", "finish", "end"].map((name) => stuck.listenerCount(name))).toEqual([
        0, 0, 0, 0, 0,
      ]);
    });
  });
});

describe.each(["attach in frames", "an exec", "a websocket"])("%s that does not read its input", (kind) => {
  test.each(ends)("is ended by %s at once, and the writer learns of it", async (how) => {
    await withFastServer("unix", async (server) => {
      const { request, end } = ending(how);
      const stream = (await open(kind, server, "deaf", request)) as AttachStream;
      const written = new Promise((resolve) => stream.stdin.write(Buffer.alloc(16 * 2 ** 20), resolve));
      await sleep(50);
      expect(stream.stdin.writableLength).toBeGreaterThan(0);
      end(stream);
      expect(await written).toBeInstanceOf(Error);
      expect(stream.stdin.destroyed).toBe(true);
      await closed(server);
    });
  });
});

test("console.log of a stream shows whose it is, and nothing of its connection", async () => {
  await withFastServer("unix", async (server) => {
    const shown: string[] = [];
    for (const kind of names) {
      const stream = await open(kind, server, "half");
      shown.push(inspect(stream), inspect({ stream }));
      expect(inspect(stream, { depth: 9, showHidden: true })).toBe(inspect(stream));
      stream.cancel();
    }
    const of = (name: string, operation: string) => `${name} { operation: '${operation}' }`;
    const want = [
      of("TarStream", "ImageGet"),
      of("ArchiveStream", "ContainerArchive"),
      of("LogStream", "ContainerLogs"),
      of("LogStream", "ContainerLogs"),
      of("AttachStream", "ContainerAttach"),
      of("AttachStream", "ContainerAttach"),
      of("AttachStream", "ExecStart"),
      of("AttachStream", "ContainerAttachWebsocket"),
      of("JsonStream", "ContainerStats"),
      of("ProgressStream", "ImageCreate"),
    ];
    expect(shown).toEqual(want.flatMap((text) => [text, `{ stream: ${text} }`]));
  });
});
