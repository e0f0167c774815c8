import fc from "fast-check";
import { type ResponseHead, ResponseHeadReader } from "../../../src/transport/response-head.js";
import { anyBytes, places, split } from "../streams/splits.js";

/** Feeds the chunks; gives the head and all bytes after it. */
function read(chunks: readonly Buffer[]): { head: ResponseHead; rest: string } | undefined {
  const reader = new ResponseHeadReader();
  for (const [i, chunk] of chunks.entries()) {
    const begun = reader.add(chunk);
    if (!begun) continue;
    const rest = Buffer.concat([begun.rest, ...chunks.slice(i + 1)]);
    return { head: begun.head, rest: rest.toString("hex") };
  }
  return undefined;
}

const HEAD =
  "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

test("any split of a 101 gives its head, and keeps the bytes after it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), places, (after, at) => {
      const found = read(split(Buffer.concat([Buffer.from(HEAD), after]), at));
      expect(found).toEqual({
        head: {
          status: 101,
          rawHeaders: [
            "Content-Type",
            "application/vnd.docker.raw-stream",
            "Connection",
            "Upgrade",
            "Upgrade",
            "tcp",
          ],
        },
        rest: Buffer.from(after).toString("hex"),
      });
    }),
  );
});

test("a head that comes byte by byte is found with its last byte", () => {
  const bytes = [...Buffer.from(HEAD)].map((byte) => Buffer.from([byte]));
  expect(read(bytes.slice(0, -1))).toBeUndefined();
  expect(read(bytes)?.rest).toBe("");
});

test.each([
  { what: "any bytes", begin: "" },
  { what: "any bytes after a status line", begin: "HTTP/1.1 101 UPGRADED\r\n" },
])("$what are a head, the wait for one, or an error that says so", ({ begin }) => {
  fc.assert(
    fc.property(anyBytes, (chunks) => {
      try {
        read([Buffer.from(begin), ...chunks, Buffer.from("\r\n\r\n")]);
      } catch (error) {
        expect((error as Error).message).toMatch(/^the answer is not HTTP$|larger than 64 KiB$/);
      }
    }),
  );
});
