import { Readable } from "node:stream";
import { StreamError } from "../../../src/index.js";
import { LogStream } from "../../../src/streams/log-stream.js";
import { frame } from "../../helpers/frames.js";
import { fc } from "../../helpers/properties.js";
import { anyBytes, places, split } from "./splits.js";

interface Piece {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Buffer;
}

const log = (chunks: readonly Buffer[], format: "frames" | "raw" = "frames") =>
  new LogStream(Readable.from(chunks), "ContainerLogs", format);

async function linesOf(stream: LogStream): Promise<{ stdout: string[]; stderr: string[] }> {
  const lines = { stdout: [] as string[], stderr: [] as string[] };
  for await (const { stream: name, line } of stream.lines()) lines[name].push(line);
  return lines;
}

/** The lines of a text without their ends; the last one may lack one, and a lone carriage return does not end a line. */
const lines = (text: string): string[] => {
  const all = text.split("\n");
  const last = all.pop();
  const whole = all.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  return last ? [...whole, last] : whole;
};

/** Text with what splitting may harm: characters of several bytes, both line ends. */
const text = fc
  .array(fc.constantFrom("a", "é", "€", "😀", "\n", "\r\n", "\r", "bc"), { maxLength: 40 })
  .map((parts) => parts.join(""));

/** Two texts, each in pieces that may end inside a character, in the order of `turns`. */
function interleave(
  stdout: readonly Buffer[],
  stderr: readonly Buffer[],
  turns: readonly boolean[],
): Piece[] {
  const [out, err] = [[...stdout], [...stderr]];
  const pieces: Piece[] = [];
  for (let i = 0; out.length + err.length > 0; i += 1) {
    const stream = err.length === 0 || (out.length > 0 && turns[i % turns.length]) ? "stdout" : "stderr";
    const bytes = (stream === "stdout" ? out : err).shift() as Buffer;
    pieces.push({ stream, bytes });
  }
  return pieces;
}

test("text() and lines() are the same for any frames and any split of them", async () => {
  const turns = fc.array(fc.boolean(), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(text, text, places, places, turns, places, async (stdout, stderr, a, b, order, cuts) => {
      const pieces = interleave(split(Buffer.from(stdout), a), split(Buffer.from(stderr), b), order);
      const chunks = split(Buffer.concat(pieces.map(({ stream, bytes }) => frame(stream, bytes))), cuts);
      expect(await log(chunks).text()).toEqual({ stdout, stderr });
      expect(await linesOf(log(chunks))).toEqual({ stdout: lines(stdout), stderr: lines(stderr) });
    }),
  );
});

test("text() and lines() of a terminal are the same for any split", async () => {
  await fc.assert(
    fc.asyncProperty(text, places, async (stdout, cuts) => {
      const chunks = split(Buffer.from(stdout), cuts);
      expect(await log(chunks, "raw").text()).toEqual({ stdout, stderr: "" });
      expect(await linesOf(log(chunks, "raw"))).toEqual({ stdout: lines(stdout), stderr: [] });
    }),
  );
});

test("any bytes give text and lines or a StreamError", async () => {
  await fc.assert(
    fc.asyncProperty(anyBytes, fc.constantFrom("frames" as const, "raw" as const), async (chunks, format) => {
      for (const read of [(stream: LogStream) => stream.text(), linesOf]) {
        try {
          await read(log(chunks, format));
        } catch (error) {
          expect(error).toBeInstanceOf(StreamError);
        }
      }
    }),
  );
});
