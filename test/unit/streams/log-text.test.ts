import { Readable } from "node:stream";
import { StreamError } from "../../../src/index.js";
import { LogStream } from "../../../src/streams/log-stream.js";

const MIB = 2 ** 20;
const raw = (chunks: Iterable<Buffer>): LogStream => new LogStream(Readable.from(chunks), "ExecStart", "raw");

function* repeat(piece: Buffer, times: number): Generator<Buffer> {
  for (let i = 0; i < times; i += 1) yield piece;
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

describe("text()", () => {
  test("takes as much as its limit and refuses a byte more, and closes the connection", async () => {
    expect(await raw([Buffer.from("12345")]).text({ limit: 5 })).toEqual({ stdout: "12345", stderr: "" });
    const body = Readable.from([Buffer.from("12345"), Buffer.from("6")]);
    const reading = new LogStream(body, "ExecStart", "raw").text({ limit: 5 });
    await expect(reading).rejects.toThrow(StreamError);
    await expect(reading).rejects.toThrow(
      "ExecStart: stdout is longer than 5 bytes, the most that is gathered as text; read it as a stream instead.",
    );
    expect(body.destroyed).toBe(true);
  });

  test("refuses 600 MiB with a StreamError that says what to do", async () => {
    const reading = raw(repeat(Buffer.alloc(8 * MIB, "x"), 75)).text();
    await expect(reading).rejects.toThrow(StreamError);
    await expect(reading).rejects.toThrow(/longer than \d+ bytes.*read it as a stream/);
  });
});

describe("lines()", () => {
  test("refuses a line longer than 16 Mi characters with its start, before its end has come", async () => {
    const lines = collect(raw(repeat(Buffer.alloc(MIB, "x"), 40)).lines());
    await expect(lines).rejects.toThrow(StreamError);
    await expect(lines).rejects.toThrow(/^ExecStart: a line is longer than 16777216 characters.*: x{200}…$/);
  });

  test("has another limit if given one, for each line", async () => {
    const short = Buffer.from("12345\n12345\n123");
    expect(await collect(raw([short]).lines({ limit: 5 }))).toHaveLength(3);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { line } of raw([short, Buffer.from("456\n")]).lines({ limit: 5 })) seen.push(line);
    })();
    await expect(reading).rejects.toThrow("a line is longer than 5 characters, the limit of lines(): 123456");
    expect(seen).toEqual(["12345", "12345"]);
  });

  test("of 16 MiB in pieces of 1 KiB are joined in linear time", async () => {
    const begin = performance.now();
    const [only] = await collect(raw(repeat(Buffer.alloc(1024, "x"), 16 * 1024)).lines());
    expect(only?.line).toHaveLength(16 * MIB);
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});
