import { Readable } from "node:stream";
import { StreamError } from "../../../src/index.js";
import { JsonStream } from "../../../src/streams/json-stream.js";
import { ProgressStream } from "../../../src/streams/progress-stream.js";
import { parseJson, writeJson } from "../../../src/streams/wide-json.js";
import { fc } from "../../helpers/properties.js";
import { collect } from "../../helpers/streams.js";
import { almostJson, anyBytes, places, split } from "./splits.js";

const stream = (chunks: readonly Buffer[]) => new JsonStream(Readable.from(chunks), "SystemEvents");

/** As they come back: -0 is written as 0, a wide integer is read as a bigint, and null says nothing. */
const value = fc.jsonValue({ stringUnit: "binary" }).map((value) => parseJson(JSON.stringify(value)));
const values = fc.array(value.filter((value) => value !== null));
const lineEnds = fc.array(fc.constantFrom("\n", "\r\n", "\n\n", "\n\r\n \n"), { minLength: 1 });

test.each(["", "\x1e"])(
  "any split of any sequence of records that begin with %j gives the same values",
  async (begin) => {
    await fc.assert(
      fc.asyncProperty(values, lineEnds, fc.boolean(), places, async (sequence, ends, lastEnds, at) => {
        const text = sequence
          .map((value, i) => {
            const end = i < sequence.length - 1 || lastEnds ? ends[i % ends.length] : "";
            return `${begin}${writeJson(value)}${end}`;
          })
          .join("");
        expect(await collect(stream(split(Buffer.from(text), at)))).toEqual(sequence);
      }),
    );
  },
);

test("any layout of values over lines gives the same values, whatever the split", async () => {
  const layout = fc.record({
    value,
    indent: fc.constantFrom(0, 1, "\t"),
    // Numbers and words need something between them; brackets and quotes do not.
    after: fc.constantFrom(" ", "\n", "\r\n", "\t", "\x1e", "  \n\n"),
    isClose: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(layout), places, async (sequence, at) => {
      const text = sequence
        .map(({ value, indent, after, isClose }) => {
          const json = JSON.stringify(
            value,
            (_, member) => (typeof member === "bigint" ? 0 : member),
            indent,
          );
          return /[\]}"]$/.test(json) && isClose ? json : json + after;
        })
        .join("");
      const want = sequence
        .map(({ value }) =>
          JSON.parse(JSON.stringify(value, (_, member) => (typeof member === "bigint" ? 0 : member))),
        )
        .filter((value) => value !== null);
      expect(await collect(stream(split(Buffer.from(text), at)))).toEqual(want);
    }),
  );
});

test.each([
  { what: "any bytes", chunks: anyBytes },
  { what: "bytes that are almost JSON", chunks: almostJson },
])("$what give values or a StreamError", async ({ chunks }) => {
  await fc.assert(
    fc.asyncProperty(chunks, async (pieces) => {
      for (const kind of [JsonStream, ProgressStream]) {
        try {
          await collect(new kind(Readable.from(pieces), "ImageCreate"));
        } catch (error) {
          expect(error).toBeInstanceOf(StreamError);
        }
      }
    }),
  );
});

describe("a long record", () => {
  const MIB = 2 ** 20;

  /** A record of so many bytes in pieces of 1 KiB, with or without an end. */
  function* record(bytes: number, end = '"\n'): Generator<Buffer> {
    yield Buffer.from('"');
    const piece = Buffer.alloc(1024, "x");
    for (let sent = 1; sent + end.length < bytes; sent += piece.length) {
      yield piece.subarray(0, Math.min(piece.length, bytes - sent - end.length));
    }
    yield Buffer.from(end);
  }

  async function milliseconds(bytes: number): Promise<number> {
    const begin = performance.now();
    const [value] = await collect(new JsonStream(Readable.from(record(bytes)), "SystemEvents"));
    expect(value).toHaveLength(bytes - 3);
    return performance.now() - begin;
  }

  test("takes time in proportion to its length", async () => {
    await milliseconds(MIB);
    const short = Math.min(await milliseconds(MIB), await milliseconds(MIB));
    // Eight times the length; quadratic time would be 64 times as much.
    expect(await milliseconds(8 * MIB)).toBeLessThan(30 * short + 50);
  });

  test("of 16 MiB is read, and of more a StreamError with its start, before its end has come", async () => {
    await milliseconds(16 * MIB);
    const begin = collect(new JsonStream(Readable.from(record(40 * MIB, "")), "SystemEvents"));
    await expect(begin).rejects.toThrow(
      /^SystemEvents: the Engine sent a record of more than 16 MiB: "x{199}…$/,
    );
    await expect(begin).rejects.toBeInstanceOf(StreamError);
  });
});
