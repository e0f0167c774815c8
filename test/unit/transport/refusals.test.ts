import { ArgumentError, isDockerError } from "../../../src/index.js";
import { EngineRequest } from "../../../src/transport/index.js";
import { withByteServer } from "../../helpers/byte-server.js";
import { fc, RUNS } from "../../helpers/properties.js";

const CHUNKED = "HTTP/1.1 409 Conflict\r\nTransfer-Encoding: chunked\r\n\r\n";

test.each([
  { what: "negative", body: "-6\r\nabcdef\r\n0\r\n\r\n" },
  { what: "no number", body: "zz\r\nabc\r\n0\r\n\r\n" },
  { what: "signed", body: "+3\r\nabc\r\n0\r\n\r\n" },
  { what: "in C's spelling", body: "0x3\r\nabc\r\n0\r\n\r\n" },
  { what: "empty", body: "\r\nabc\r\n0\r\n\r\n" },
  { what: "too small", body: "2\r\nabc\r\n0\r\n\r\n" },
  { what: "too large for a number", body: "ffffffffffffffffff\r\nabc\r\n0\r\n\r\n" },
])("a refused upgrade whose chunk size is $what is a failure, and blocks nothing", async ({ body }) => {
  await withByteServer(
    (socket) => void socket.write(CHUNKED + body),
    async (docker, { closed }) => {
      for (const call of [docker.containerAttach("web"), docker.execStart("abc", { body: {} })]) {
        const result = await call.result();
        expect(result).toMatchObject({ ok: false });
      }
      await closed();
    },
  );
});

/** Pieces of answers, right and wrong, to be put together at random. */
const piece = fc.oneof(
  fc.constantFrom(
    "HTTP/1.1 101 UPGRADED\r\n",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 409 Conflict\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.0 400 Bad\r\n",
    "Connection: Upgrade\r\nUpgrade: tcp\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: -1\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Content-Type: application/json\r\n",
    "A B: c\r\n",
    "\x00: x\r\n",
    "É: é\r\n",
    "Name\r\n",
    ": value\r\n",
    "\r\n",
    "\n",
    "3\r\nabc\r\n",
    "0\r\n\r\n",
    '{"message":"no"}',
  ),
  fc.string({ maxLength: 8 }),
);

test("whatever is sent to an attach, in any pieces, is its stream or a failure of ours, and is soon over", async () => {
  const answers = fc.sample(fc.array(piece, { maxLength: 8 }), RUNS);
  let at = 0;
  await withByteServer(
    (socket) => {
      const pieces = answers[at++] ?? [];
      for (const text of pieces) socket.write(text, "latin1");
      // Late enough for what is sent to be taken for whole, if it is.
      setTimeout(() => socket.destroy(), 2);
    },
    async (docker, { closed }) => {
      for (const pieces of answers) {
        const result = await docker.containerAttach("web", {}, { timeout: 4000 }).result();
        const said = `${JSON.stringify(pieces)}: ${result.ok ? "" : result.error.message}`;
        if (result.ok) {
          // Odd names of headers too are headers, or were refused.
          expect(() => [...result.headers]).not.toThrow();
          await result.data
            .text()
            .catch((error) => expect([said, isDockerError(error)]).toEqual([said, true]));
        } else {
          expect([said, isDockerError(result.error)]).toEqual([said, true]);
          expect([said, result.error.code]).not.toEqual([said, "ERR_DOCKER_TIMEOUT"]);
        }
      }
      await closed();
    },
  );
}, 60_000);

test.each(["Content-Length", "content-length", "Transfer-Encoding", "transfer-encoding"])(
  "a request with a %s of the caller's is refused: it would spoil a kept connection",
  async (name) => {
    const init = { method: "POST", settings: { headers: { [name]: "3" }, operation: "ImageLoad" } };
    expect(() => new EngineRequest("/", init)).toThrow(ArgumentError);
    expect(() => new EngineRequest("/", init)).toThrow(`ImageLoad: omit the header ${name}`);
    await withByteServer(
      () => undefined,
      async (docker, { received }) => {
        const call = docker.containerCreate({ Image: "a" }, {}, { headers: { [name]: "3" } });
        await expect(call).rejects.toThrow(ArgumentError);
        expect(received).toEqual([]);
      },
    );
  },
);
