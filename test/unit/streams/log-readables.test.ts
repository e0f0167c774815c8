import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { AbortedError, StreamError } from "../../../src/index.js";
import { LogStream } from "../../../src/streams/log-stream.js";
import { fc } from "../../helpers/properties.js";
import { places, split } from "./splits.js";

const MIB = 2 ** 20;
type Name = "stdout" | "stderr";

const frame = (stream: Name, content: string | Buffer): Buffer => {
  const payload = Buffer.from(content);
  const header = Buffer.from([stream === "stdout" ? 1 : 2, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
};

const logsOf = (body: Readable): LogStream => new LogStream(body, "ContainerLogs", "frames");

/** Logs that go on for as long as they are read, and what was taken of them. */
function endless(next: (count: number) => Buffer): {
  readonly logs: LogStream;
  readonly taken: () => number;
} {
  let [count, taken] = [0, 0];
  const body = new Readable({
    read() {
      const chunk = next(count);
      count += 1;
      taken += chunk.length;
      setImmediate(() => this.push(chunk));
    },
  });
  return { logs: logsOf(body), taken: () => taken };
}

const turns = fc.array(
  fc.record({ stream: fc.constantFrom<Name>("stdout", "stderr"), content: fc.string() }),
);

test("stdout and stderr are the same as text() for any frames and any split of them", async () => {
  await fc.assert(
    fc.asyncProperty(turns, places, async (pieces, cuts) => {
      const chunks = split(Buffer.concat(pieces.map(({ stream, content }) => frame(stream, content))), cuts);
      const logs = logsOf(Readable.from(chunks));
      const [stdout, stderr] = await Promise.all([text(logs.stdout), text(logs.stderr)]);
      expect({ stdout, stderr }).toEqual(await logsOf(Readable.from(chunks)).text());
      const all = await text(logsOf(Readable.from(chunks)).toNode());
      expect(all).toBe(pieces.map(({ content }) => content).join(""));
    }),
  );
});

test("a terminal's output is stdout, and its stderr ends empty", async () => {
  const logs = new LogStream(Readable.from([Buffer.from("a\r\n"), Buffer.from("b")]), "ContainerLogs", "raw");
  expect(await Promise.all([text(logs.stdout), text(logs.stderr)])).toEqual(["a\r\nb", ""]);
});

test("one can be read to its end before the other is begun", async () => {
  const chunks = [frame("stderr", Buffer.alloc(MIB, "e")), frame("stdout", "out"), frame("stderr", "end")];
  const logs = logsOf(Readable.from(chunks));
  const { stdout, stderr } = logs;
  expect(await text(stdout)).toBe("out");
  expect(await text(stderr)).toHaveLength(MIB + 3);
});

test("one that was not taken is dropped, however much there is of it", async () => {
  const chunks = [...Array<Buffer>(40).fill(frame("stderr", Buffer.alloc(MIB))), frame("stdout", "out")];
  expect(await text(logsOf(Readable.from(chunks)).stdout)).toBe("out");
});

test("one that is destroyed no longer holds up the other", async () => {
  const chunks = [...Array<Buffer>(40).fill(frame("stderr", Buffer.alloc(MIB))), frame("stdout", "out")];
  const { stdout, stderr } = logsOf(Readable.from(chunks));
  stderr.destroy();
  expect(await text(stdout)).toBe("out");
});

test("fails both beyond 16 MiB if only the other is read, and says what to do", async () => {
  const { logs, taken } = endless((count) => frame(count % 2 ? "stdout" : "stderr", Buffer.alloc(64 * 1024)));
  const { stdout, stderr } = logs;
  const failed = once(stderr, "error");
  stdout.resume();
  await expect(once(stdout, "end")).rejects.toThrow(
    "ContainerLogs: 16 MiB of stderr wait to be read while the other stream is read; read both at once",
  );
  expect((await failed)[0]).toBeInstanceOf(StreamError);
  expect(taken()).toBeLessThan(40 * MIB);
});

test("when neither is read, the Engine waits, and continues when one is", async () => {
  const { logs, taken } = endless((count) => frame(count % 2 ? "stdout" : "stderr", Buffer.alloc(64 * 1024)));
  const { stdout, stderr } = logs;
  await once(stdout, "readable");
  await sleep(50);
  const before = taken();
  expect(before).toBeLessThan(MIB);
  stderr.resume();
  stdout.resume();
  while (taken() < before + MIB) await sleep(5);
  const ends = [once(stdout, "end"), once(stderr, "end")].map((end) =>
    expect(end).rejects.toThrow(AbortedError),
  );
  logs.cancel();
  await Promise.all(ends);
});

test("output that breaks off fails all that were taken", async () => {
  const body = new PassThrough();
  const { stdout, stderr } = logsOf(body);
  const reading = Promise.allSettled([text(stdout), text(stderr)]);
  body.write(frame("stdout", "out"));
  setImmediate(() => body.destroy(new Error("aborted")));
  for (const result of await reading) {
    expect(result).toMatchObject({ status: "rejected", reason: expect.any(StreamError) });
  }
});

test.each([
  { how: "cancel() fails", end: (logs: LogStream) => logs.cancel() },
  { how: "disposal fails", end: (logs: LogStream) => logs[Symbol.asyncDispose]() },
])("$how what nobody reads at the moment", async ({ end }) => {
  const { logs } = endless(() => frame("stdout", Buffer.alloc(64 * 1024)));
  const { stdout } = logs;
  await once(stdout, "readable");
  await sleep(10);
  const failed = once(stdout, "error");
  await end(logs);
  expect((await failed)[0]).toBeInstanceOf(AbortedError);
});

test.each([
  { which: "the only one", names: ["stdout"] as const },
  { which: "both", names: ["stdout", "stderr"] as const },
])("destroying $which closes the connection", async ({ names }) => {
  const body = new PassThrough();
  const logs = logsOf(body);
  const streams = names.map((name) => logs[name]);
  for (const stream of streams) stream.resume();
  await sleep(5);
  for (const stream of streams) stream.destroy();
  await once(body, "close");
  expect(body.destroyed).toBe(true);
});

test("destroying the stream of all output closes the connection", async () => {
  const body = new PassThrough();
  const node = logsOf(body).toNode();
  node.resume();
  await sleep(5);
  node.destroy();
  await once(body, "close");
});

test("they are refused once the output is consumed, and one once the other is read", async () => {
  const logs = logsOf(Readable.from([frame("stdout", "out")]));
  expect(logs.stdout).toBe(logs.stdout);
  expect(await text(logs.stdout)).toBe("out");
  expect(() => logs.stderr).toThrow("access stdout and stderr before you read either");
  expect(() => logs.lines()).toThrow("was already consumed");
  const other = logsOf(Readable.from([frame("stdout", "out")]));
  await other.text();
  expect(() => other.stdout).toThrow(StreamError);
});

test("they go through a pipeline at its pace", async () => {
  const chunks = Array.from({ length: 50 }, (_, i) => frame(i % 2 ? "stdout" : "stderr", `${i}\n`));
  const { stdout, stderr } = logsOf(Readable.from(chunks));
  const [out, err] = [new PassThrough({ highWaterMark: 4 }), new PassThrough({ highWaterMark: 4 })];
  const read = Promise.all([text(out), text(err)]);
  await Promise.all([pipeline(stdout, out), pipeline(stderr, err)]);
  const numbers = (from: number) => Array.from({ length: 25 }, (_, i) => `${2 * i + from}\n`).join("");
  expect(await read).toEqual([numbers(1), numbers(0)]);
});

test("pieces of a byte each wait for less than they take in memory", async () => {
  const bytes = Buffer.concat(Array.from({ length: 1000 }, () => frame("stderr", "x")));
  const { logs, taken } = endless(() => bytes);
  const [stdout, stderr] = [logs.stdout, logs.stderr];
  stderr.on("error", () => undefined);
  const error = await text(stdout).catch((caught) => caught);
  expect(error).toBeInstanceOf(StreamError);
  expect(error.message).toContain("stderr wait to be read");
  // A ninth of it is payload: without their cost, pieces of 16 MiB would have waited.
  expect(taken()).toBeLessThan(4 * MIB);
});
