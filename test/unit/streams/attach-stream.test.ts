import { once } from "node:events";
import { AbortedError, type Docker, type LogStream } from "../../../src/index.js";
import { TextGatherer } from "../../../src/streams/index.js";
import { attached, both, OFFERED, withFastServer } from "../transport/fast-server.js";

const kinds: Readonly<Record<string, (docker: Docker, name: string) => Promise<LogStream>>> = {
  logs: (docker, name) => docker.containerLogs(name, both),
  attach: (docker, name) => docker.containerAttach(name, attached),
  "a websocket": (docker, name) => docker.containerAttachWebsocket(name, attached),
};

test("the connection flows for a data listener, although the upgrade has paused it", async () => {
  await withFastServer("unix", async ({ docker }) => {
    const { duplex } = await docker.containerAttach("tty", attached);
    let received = 0;
    duplex.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    await once(duplex, "end");
    expect(received).toBe(OFFERED);
  });
});

test("a process's output is gathered up to a limit whose error says what to do", () => {
  const gatherer = new TextGatherer("exec", "stderr", 5);
  gatherer.add(Buffer.from("12345"));
  expect(gatherer.text()).toBe("12345");
  expect(() => gatherer.add(Buffer.from("6"))).toThrow("exec: stderr is longer than 5 bytes");
});

describe.each(Object.keys(kinds))("%s", (kind) => {
  const open = (docker: Docker, name: string) =>
    (kinds[kind] as NonNullable<(typeof kinds)[string]>)(docker, name);
  const keepingAlive = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === "PipeWrap").length;

  test("keep the process running unless unref() was called, and again after ref()", async () => {
    await withFastServer("unix", async ({ docker }) => {
      const stream = await open(docker, "half");
      const before = keepingAlive();
      expect(stream.unref()).toBe(stream);
      expect(keepingAlive()).toBe(before - 1);
      stream.ref();
      expect(keepingAlive()).toBe(before);
      stream.cancel();
    });
  });

  test("are closed at the end of an `await using`, whether they were read or not", async () => {
    await withFastServer("unix", async ({ docker, connections }) => {
      {
        await using stream = await open(docker, "half");
        expect(stream).toBeDefined();
        expect(connections()).toBe(1);
      }
      expect(connections()).toBe(0);
      let reading: Promise<unknown> = Promise.resolve();
      {
        await using stream = await open(docker, "half");
        reading = expect(stream.text()).rejects.toThrow(AbortedError);
      }
      await reading;
      expect(connections()).toBe(0);
    });
  });
});
