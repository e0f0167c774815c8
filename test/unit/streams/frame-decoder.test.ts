import { StreamError } from "../../../src/index.js";
import { FrameDecoder, type LogChunk } from "../../../src/streams/frame-decoder.js";
import { frame } from "../../helpers/frames.js";
import { fc } from "../../helpers/properties.js";
import { anyBytes, places, split } from "./splits.js";

/** Feeds the chunks and joins what comes out, by stream. */
function decode(chunks: readonly Buffer[]): { stdout: string; stderr: string } {
  const decoder = new FrameDecoder("ContainerLogs");
  const out = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const chunk of chunks) decoder.decode(chunk, ({ stream, data }) => void out[stream].push(data));
  decoder.end();
  return {
    stdout: Buffer.concat(out.stdout).toString("hex"),
    stderr: Buffer.concat(out.stderr).toString("hex"),
  };
}

function decodeOnce(decoder: FrameDecoder, chunk: Buffer): LogChunk[] {
  const chunks: LogChunk[] = [];
  decoder.decode(chunk, (value) => void chunks.push(value));
  return chunks;
}

const payloads = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const frames = fc.array(fc.record({ type: fc.constantFrom(0, 1, 2), payload: payloads }), { maxLength: 12 });

test("any split of any valid sequence gives the same output", () => {
  fc.assert(
    fc.property(frames, places, (sequence, at) => {
      const bytes = Buffer.concat(sequence.map(({ type, payload }) => frame(type, payload)));
      const of = (wanted: boolean) =>
        Buffer.concat(
          sequence.filter(({ type }) => (type === 2) === wanted).map(({ payload }) => payload),
        ).toString("hex");
      expect(decode(split(bytes, at))).toEqual({ stdout: of(false), stderr: of(true) });
    }),
  );
});

test("any bytes at all give output or a StreamError", () => {
  fc.assert(
    fc.property(anyBytes, (chunks) => {
      try {
        decode(chunks);
      } catch (error) {
        expect(error).toBeInstanceOf(StreamError);
      }
    }),
  );
});

test("payload is passed on before its frame is whole", () => {
  const decoder = new FrameDecoder("ContainerLogs");
  const half = frame(1, Buffer.alloc(1000, "a")).subarray(0, 500);
  expect(decodeOnce(decoder, half).map(({ data }) => data.length)).toEqual([492]);
});

test("a length is read as unsigned", () => {
  const header = Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const decoder = new FrameDecoder("ContainerLogs");
  expect(decodeOnce(decoder, Buffer.concat([header, Buffer.from("ab")]))).toHaveLength(1);
  expect(() => decoder.end()).toThrow("it ended inside a frame, 4294967293 bytes short");
});

test.each([
  {
    why: "of the Engine's failure",
    bytes: frame(3, Buffer.from("log rotated away\n")),
    message: "failed after it began: log rotated away",
  },
  {
    why: "of the Engine's failure without words",
    bytes: frame(3, Buffer.alloc(0)),
    message: "(no message)",
  },
  {
    why: "of an unknown type",
    bytes: frame(4, Buffer.from("x")),
    message: "unknown frame header 04000000",
  },
  {
    why: "with bytes where zeros belong",
    bytes: Buffer.from("plain text"),
    message: "the output is not in frames",
  },
])("a frame $why is a StreamError", ({ bytes, message }) => {
  expect(() => decode([bytes])).toThrow(StreamError);
  expect(() => decode([bytes])).toThrow(message);
  expect(() => decode([...bytes].map((byte) => Buffer.from([byte])))).toThrow(message);
});

test.each([
  { bytes: Buffer.from([1, 0, 0]), message: "inside the header of a frame" },
  {
    bytes: frame(1, Buffer.from("hello")).subarray(0, 10),
    message: "inside a frame, 3 bytes short",
  },
])("a cut is a StreamError that says it was $message", ({ bytes, message }) => {
  expect(() => decode([bytes])).toThrow(message);
});
