import { PassThrough, Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { AbortedError, StreamError } from "../../../src/index.js";
import { LogStream } from "../../../src/streams/log-stream.js";

const silent = () => {
  const body = new PassThrough();
  return { body, logs: new LogStream(body, "ContainerLogs", "raw") };
};

const eventsOf = (stream: Writable | PassThrough): number =>
  ["drain", "error", "close", "finish", "end"].reduce((sum, name) => sum + stream.listenerCount(name), 0);

describe("a sink that is gone while the container is silent ends the output at once", () => {
  test.each<{ how: string; leave: (sink: PassThrough) => void; message: string }>([
    {
      how: "destroyed",
      leave: (sink) => void sink.destroy(),
      message: "the stream that receives the output was closed",
    },
    {
      how: "failed",
      leave: (sink) => void sink.destroy(new Error("disk full")),
      message: "the output cannot be written: disk full",
    },
    {
      how: "ended",
      leave: (sink) => void sink.resume().end(),
      message: "the stream that receives the output was closed",
    },
  ])("$how", async ({ leave, message }) => {
    const { body, logs } = silent();
    const sink = new PassThrough();
    const before = eventsOf(sink);
    const piped = logs.pipe(sink);
    body.write("before");
    await sleep(5);
    leave(sink);
    await expect(piped).rejects.toThrow(`ContainerLogs: ${message}`);
    await expect(piped).rejects.toBeInstanceOf(StreamError);
    expect(body.destroyed).toBe(true);
    expect(eventsOf(sink)).toBeLessThanOrEqual(before);
  });

  test("also before the first byte, and if it is the one of two that nothing goes to", async () => {
    const { body, logs } = silent();
    const gone = new PassThrough();
    const piped = logs.pipe(new PassThrough(), gone);
    setImmediate(() => gone.destroy());
    await expect(piped).rejects.toThrow("was closed");
    expect(body.destroyed).toBe(true);
  });

  test.each([
    { how: "", error: undefined, message: "the stream that receives the output was closed" },
    { how: " with an error", error: new Error("EPIPE"), message: "the output cannot be written: EPIPE" },
  ])("also if it was destroyed before$how", async ({ error, message }) => {
    const { body, logs } = silent();
    const gone = new PassThrough();
    gone.on("error", () => undefined).destroy(error);
    await sleep(5);
    await expect(logs.pipe(gone)).rejects.toThrow(message);
    expect(body.destroyed).toBe(true);
  });
});

test("one sink may take both streams, and is watched once", async () => {
  const { body, logs } = silent();
  const sink = new PassThrough();
  const piped = logs.pipe(sink, sink);
  await sleep(5);
  expect(sink.listenerCount("drain")).toBe(1);
  body.end("out");
  await piped;
  expect(String(sink.read())).toBe("out");
});

test("output that is cancelled while its sink is stuck fails with an AbortedError", async () => {
  const { body, logs } = silent();
  const stuck = new Writable({ highWaterMark: 1, write: () => undefined });
  const piped = logs.pipe(stuck);
  body.write("more than it takes");
  await sleep(5);
  logs.cancel();
  await expect(piped).rejects.toThrow(AbortedError);
  expect(eventsOf(stuck)).toBe(0);
});

test("a sink that fails as it is written to ends endless output", async () => {
  const body = new Readable({ read: () => void body.push(Buffer.alloc(1000)) });
  let writes = 0;
  const sink = new Writable({
    write: (_chunk, _encoding, done) => {
      writes += 1;
      done(writes < 3 ? null : new Error("disk full"));
    },
  });
  await expect(new LogStream(body, "ContainerLogs", "raw").pipe(sink)).rejects.toThrow("disk full");
  expect(writes).toBe(3);
  expect(body.destroyed).toBe(true);
});
