import { PassThrough, Readable } from "node:stream";
import { StreamError } from "../../../src/index.js";
import { drainBody, readErrorBody, readJsonBody, readTextBody } from "../../../src/streams/read-body.js";
import { parseJson, writeJson } from "../../../src/streams/wide-json.js";
import { fc } from "../../helpers/properties.js";
import { anyBytes, places, split } from "./splits.js";

const MIB = 2 ** 20;
const body = (...chunks: (string | Buffer)[]): Readable =>
  Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
    { objectMode: true },
  );

/** A body that gives a piece again and again, and counts how often it was asked. */
function endless(piece: Buffer): { readonly body: Readable; readonly given: () => number } {
  let given = 0;
  const body = new Readable({
    read() {
      given += piece.length;
      this.push(piece);
    },
  });
  return { body, given: () => given };
}

describe("readJsonBody", () => {
  test("gives any value, however it is split, wide integers exactly", async () => {
    const wide = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ stringUnit: "binary" }), wide, places, async (value, integer, at) => {
        const text = writeJson({ value, integer }) as string;
        expect(await readJsonBody(body(...split(Buffer.from(text), at)), "SystemInfo")).toEqual(
          parseJson(text),
        );
      }),
    );
  });

  test("fails on bytes that are not JSON with a StreamError only", async () => {
    await fc.assert(
      fc.asyncProperty(anyBytes, async (chunks) => {
        await readJsonBody(body(...chunks), "SystemInfo").catch((error) =>
          expect(error).toBeInstanceOf(StreamError),
        );
      }),
    );
  });

  test.each([
    { why: "an empty body", given: [], message: "SystemInfo: the answer ended before its JSON began" },
    {
      why: "half a value",
      given: ['{"a":'],
      message: "SystemInfo: the Engine's answer is not JSON: Unexpected",
    },
    { why: "a page", given: ["<html>"], message: "SystemInfo: the Engine's answer is not JSON: Unexpected" },
  ])("refuses $why", async ({ given, message }) => {
    const reading = readJsonBody(body(...given), "SystemInfo");
    await expect(reading).rejects.toThrow(StreamError);
    await expect(reading).rejects.toThrow(message);
  });

  test("reads what is nested 200,000 deep, with a wide integer inside", async () => {
    const deep = 200_000;
    let value = await readJsonBody(
      body(`${"[".repeat(deep)}18446744073709551615${"]".repeat(deep)}`),
      "SystemInfo",
    );
    for (let level = 0; level < deep; level += 1) value = (value as unknown[])[0];
    expect(value).toBe(18446744073709551615n);
  });

  test("refuses more than its limit as soon as it is passed, and closes the connection", async () => {
    const { body, given } = endless(Buffer.alloc(64 * 1024, "1"));
    const reading = readJsonBody(body, "SystemInfo", MIB);
    await expect(reading).rejects.toThrow(StreamError);
    await expect(reading).rejects.toThrow("SystemInfo: the answer is longer than 1048576 bytes");
    expect(body.destroyed).toBe(true);
    expect(given()).toBeLessThan(2 * MIB);
  });

  test("refuses 600 MiB with a StreamError, before it has all of it", async () => {
    const { body } = endless(Buffer.alloc(8 * MIB, "1"));
    await expect(readJsonBody(body, "SystemInfo")).rejects.toThrow(
      /^SystemInfo: the answer is longer than \d+ bytes/,
    );
  });

  test("says after how many bytes a body broke", async () => {
    const source = new PassThrough();
    source.write('{"a":1');
    const reading = readJsonBody(source, "SystemInfo");
    setImmediate(() => source.destroy(new Error("aborted")));
    await expect(reading).rejects.toThrow("SystemInfo: the connection broke after 6 bytes (aborted)");
  });

  test("of a body that broke before says so", async () => {
    const source = new PassThrough();
    source.on("error", () => undefined);
    source.destroy(new Error("aborted"));
    await expect(readJsonBody(source, "SystemInfo")).rejects.toThrow("broke after 0 bytes (aborted)");
  });
});

describe("readTextBody", () => {
  test("gives text that chunks split inside a character, or empty text", async () => {
    const bytes = Buffer.from("é€😀");
    expect(await readTextBody(body(...[...bytes].map((byte) => Buffer.from([byte]))), "SystemPing")).toBe(
      "é€😀",
    );
    expect(await readTextBody(body(), "SystemPing")).toBe("");
  });

  test("takes as much as its limit and refuses a byte more", async () => {
    expect(await readTextBody(body("12345"), "SystemPing", 5)).toBe("12345");
    await expect(readTextBody(body("12345", "6"), "SystemPing", 5)).rejects.toThrow("longer than 5 bytes");
  });
});

describe("readErrorBody", () => {
  test.each([
    { given: '{"message":"no such container","code":18446744073709551615}', want: "the JSON" },
    { given: "502 Bad Gateway", want: "the text" },
    { given: "", want: "undefined" },
  ])("gives $want of $given", async ({ given, want }) => {
    const expected =
      want === "the JSON"
        ? { message: "no such container", code: 18446744073709551615n }
        : given || undefined;
    expect(await readErrorBody(body(given), "ContainerStart")).toEqual(expected);
  });

  test("reads no more than 1 MiB of a page, and closes the connection", async () => {
    const { body, given } = endless(Buffer.alloc(64 * 1024, "x"));
    expect(await readErrorBody(body, "ContainerStart")).toHaveLength(MIB);
    expect(body.destroyed).toBe(true);
    expect(given()).toBeLessThan(2 * MIB);
  });
});

test("drainBody() reads a body to its end, and does not read one without an end", async () => {
  const short = body("surprise");
  await drainBody(short, "ContainerStart");
  expect(short.readableEnded).toBe(true);
  const { body: long } = endless(Buffer.alloc(64 * 1024));
  await drainBody(long, "ContainerStart");
  expect(long.destroyed).toBe(true);
});
