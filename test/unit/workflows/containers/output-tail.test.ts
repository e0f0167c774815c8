import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { OutputTail } from "../../../../src/workflows/containers/output-tail.js";

test.each([
  { what: "less than the limit", chunks: ["ab", "c\n"], text: "abc" },
  { what: "more than the limit, in pieces", chunks: ["0123", "4567", "89"], text: "23456789" },
  { what: "more than the limit, at once", chunks: ["0123456789"], text: "23456789" },
  { what: "nothing", chunks: [], text: "" },
])("of $what, the end is kept", async ({ chunks, text }) => {
  const tail = new OutputTail(8);
  await pipeline(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), tail);
  expect(tail.text).toBe(text);
});
