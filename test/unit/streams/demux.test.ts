import { PassThrough, Readable } from "node:stream";
import { ArgumentError, demux, LogStream, StreamError } from "../../../src/index.js";

const frame = (type: number, text: string): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = type;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};
const OUTPUT = Buffer.concat([frame(1, "out\n"), frame(2, "err\n"), frame(1, "more\n")]);
const TEXT = { stdout: "out\nmore\n", stderr: "err\n" };

async function* pieces(size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < OUTPUT.length; at += size) yield OUTPUT.subarray(at, at + size);
}

test.each<{ what: string; source: () => Parameters<typeof demux>[0] }>([
  { what: "bytes", source: () => new Uint8Array(OUTPUT) },
  { what: "a Node stream", source: () => Readable.from(pieces(3), { objectMode: false }) },
  { what: "a stream of objects", source: () => Readable.from(pieces(5)) },
  { what: "an async iterable", source: () => pieces(1) },
  { what: "a web stream", source: () => Readable.toWeb(Readable.from(pieces(7))) as never },
])("demux reads frames from $what", async ({ source }) => {
  const logs = demux(source());
  expect(logs).toBeInstanceOf(LogStream);
  expect(await logs.text()).toEqual(TEXT);
});

test("demux reads output of a terminal", async () => {
  expect(await demux(OUTPUT, { format: "raw" }).text()).toEqual({ stdout: String(OUTPUT), stderr: "" });
});

test("demux closes its source when the loop is left", async () => {
  const source = new PassThrough();
  source.write(OUTPUT);
  for await (const { stream, line } of demux(source).lines()) {
    expect([stream, line]).toEqual(["stdout", "out"]);
    break;
  }
  expect(source.destroyed).toBe(true);
});

test.each([
  [
    "is cut off",
    OUTPUT.subarray(0, 10),
    "demux: the output is truncated: it ended inside a frame, 2 bytes short",
  ],
  ["is not framed", Buffer.from("plain text"), "demux: the output is not in frames (unknown frame header"],
])("demux of what %s fails", async (_, bytes, message) => {
  const error = await demux(bytes)
    .text()
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(StreamError);
  expect((error as Error).message).toContain(message);
});

test("demux of a source that fails keeps the reason", async () => {
  const source = Readable.from(
    (async function* () {
      yield frame(1, "a");
      throw new Error("disk on fire");
    })(),
  );
  const error = await demux(source)
    .text()
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "ERR_DOCKER_STREAM", cause: { message: "disk on fire" } });
});

test.each<{ source: unknown; says: string; options?: unknown }>([
  { source: "text", says: "the source must be bytes or a stream of them, not a string" },
  { source: null, says: "the source must be bytes or a stream of them, not null" },
  {
    source: new PassThrough().setEncoding("utf8"),
    says: "the source gives text, not bytes; do not set its encoding",
  },
  { source: new PassThrough().destroy(), says: "the source cannot be read: it was closed before" },
  {
    source: OUTPUT,
    says: 'the option format must be "frames" or "raw", not "tty"',
    options: { format: "tty" },
  },
])("demux refuses: $says", ({ source, says, options }) => {
  const act = () => demux(source as never, options as never);
  expect(act).toThrow(ArgumentError);
  expect(act).toThrow(`demux: ${says}`);
});
