import { Pong } from "../../../src/transport/ssh/pong.js";
import { fc } from "../../helpers/properties.js";
import { anyBytes, places, split } from "../streams/splits.js";

const HEAD = "HTTP/1.1 200 OK\r\nApi-Version: 1.48\r\nServer: Docker/28.5.2 (linux)\r\n\r\n";

/** Feeds the chunks until the answer is whole. */
function read(chunks: readonly Buffer[]): boolean {
  const pong = new Pong();
  return chunks.some((chunk) => pong.add(chunk));
}

test("any split of an answer is whole with its last byte, and not before", () => {
  fc.assert(
    fc.property(places, (at) => {
      expect(read(split(Buffer.from(HEAD), at))).toBe(true);
      expect(read(split(Buffer.from(HEAD.slice(0, -1)), at))).toBe(false);
    }),
  );
});

test.each([
  { what: "a greeting", text: "Welcome to box!\n", says: "not HTTP" },
  { what: "a short greeting", text: "Hi\n", says: "not HTTP" },
  { what: "an empty line", text: "\r\n\r\n", says: "not HTTP" },
  { what: "a status line without a status", text: "HTTP/1.1 OK\r\n\r\n", says: "not HTTP" },
  { what: "an answer with a body", text: `${HEAD}OK`, says: "body" },
  { what: "a head without end", text: `HTTP/1.1 200 OK\r\nA: ${"a".repeat(20_000)}`, says: "16 KiB" },
])("$what is refused", ({ text, says }) => {
  expect(() => read([Buffer.from(text)])).toThrow(says);
  if (says !== "body")
    expect(() => read([...Buffer.from(text)].map((byte) => Buffer.from([byte])))).toThrow(says);
});

test.each(["", "HTTP/1.1 200 OK\r\n", HEAD])(
  "any bytes after %j are taken, waited for, or refused",
  (begin) => {
    fc.assert(
      fc.property(anyBytes, (chunks) => {
        try {
          read([Buffer.from(begin), ...chunks, Buffer.from("\r\n\r\n")]);
        } catch (error) {
          expect((error as Error).message).toMatch(
            /^it (is not HTTP|has a body|has more than 16 KiB of headers)$/,
          );
        }
      }),
    );
  },
);
