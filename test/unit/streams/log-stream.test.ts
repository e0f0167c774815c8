import { PassThrough, Readable, Writable } from "node:stream";
import { StreamError } from "../../../src/index.js";
import { LogStream } from "../../../src/streams/log-stream.js";
import { frame } from "../../helpers/frames.js";
import { collect } from "../../helpers/streams.js";

const framed = (...chunks: Buffer[]) => new LogStream(Readable.from(chunks), "ContainerLogs", "frames");
const raw = (...chunks: (string | Buffer)[]) =>
  new LogStream(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), "ContainerLogs", "raw");

test("frames tell stdout from stderr", async () => {
  expect(
    await framed(frame("stdout", "out"), frame("stderr", "err"), frame("stdout", "more")).text(),
  ).toEqual({
    stdout: "outmore",
    stderr: "err",
  });
});

test("raw output is all stdout, whatever its bytes", async () => {
  expect(await raw(Buffer.from([1, 0, 0, 0, 0, 0, 0, 1]), "x").text()).toEqual({
    stdout: "\u0001\0\0\0\0\0\0\u0001x",
    stderr: "",
  });
});

test("a character that frames split stays whole", async () => {
  const e = Buffer.from("é");
  const stream = () =>
    framed(frame("stdout", e.subarray(0, 1)), frame("stderr", "!"), frame("stdout", e.subarray(1)));
  expect(await stream().text()).toEqual({ stdout: "é", stderr: "!" });
  expect(await collect(stream().lines())).toEqual([
    { stream: "stdout", line: "é" },
    { stream: "stderr", line: "!" },
  ]);
});

test("lines of each stream are complete, without line ends, the last one too", async () => {
  const stream = framed(frame("stdout", "a\r\nb"), frame("stderr", "e\n"), frame("stdout", "c\n\nd"));
  expect(await collect(stream.lines())).toEqual([
    { stream: "stdout", line: "a" },
    { stream: "stderr", line: "e" },
    { stream: "stdout", line: "bc" },
    { stream: "stdout", line: "" },
    { stream: "stdout", line: "d" },
  ]);
});

describe("pipe()", () => {
  test("resolves when the streams have got all of it, which they may buffer", async () => {
    const got: string[] = [];
    const late = new Writable({
      write: (chunk, _, done) => {
        setTimeout(() => {
          got.push(String(chunk));
          done();
        }, 5);
      },
    });
    await raw("a", "b", "c").pipe(late);
    expect(got.join("")).toBe("abc");
  });

  test("a stream that fails with buffered output is reported", async () => {
    const failing = new Writable({
      write: (_chunk, _encoding, done) => void setTimeout(() => done(new Error("disk full")), 5),
    });
    failing.on("error", () => undefined);
    const piped = raw("a", "b").pipe(failing);
    await expect(piped).rejects.toThrow(StreamError);
    await expect(piped).rejects.toThrow("ContainerLogs: the output cannot be written: disk full");
  });

  test("writes at the pace of a slow stream, drops what has none, and ends neither", async () => {
    const written: string[] = [];
    const slow = new Writable({
      highWaterMark: 1,
      write: (chunk, _, done) => {
        written.push(String(chunk));
        setImmediate(done);
      },
    });
    await framed(
      frame("stdout", "a"),
      frame("stderr", "dropped"),
      frame("stdout", "b"),
      frame("stdout", "c"),
    ).pipe(slow);
    expect(written.join("")).toBe("abc");
    expect(slow.writableEnded).toBe(false);
    expect(slow.listenerCount("drain")).toBe(0);
  });

  test("to a stream that closes or fails is a StreamError, not a wait without end", async () => {
    const stuck = new Writable({ highWaterMark: 1, write: () => undefined });
    const closing = raw("a", "b").pipe(stuck);
    setImmediate(() => stuck.destroy());
    await expect(closing).rejects.toThrow(StreamError);
    const failing = new Writable({ highWaterMark: 1, write: () => undefined });
    const failed = raw("a", "b").pipe(failing);
    failing.on("error", () => undefined);
    setImmediate(() => failing.destroy(new Error("disk full")));
    await expect(failed).rejects.toThrow("the output cannot be written: disk full");
  });
});

test("output that breaks off inside a frame is a StreamError", async () => {
  await expect(framed(frame("stdout", "hello").subarray(0, 10)).text()).rejects.toThrow(
    "the output is truncated",
  );
});

test("output can be consumed once only, and leaving the loop closes it", async () => {
  const body = new PassThrough();
  body.write("a");
  const stream = new LogStream(body, "ContainerLogs", "raw");
  for await (const _ of stream) break;
  expect(body.destroyed).toBe(true);
  await expect(stream.text()).rejects.toThrow("was already consumed");
});
