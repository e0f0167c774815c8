import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { Duplex } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { readChunksOf } from "../../../src/transport/chunked-body.js";
import { fc } from "../../helpers/properties.js";

/** A request on a connection, by which the test answers. */
function ask(isDirect: boolean, method = "GET"): { outgoing: ClientRequest; connection: Duplex } {
  const connection = new Duplex({
    readableObjectMode: true,
    read: () => undefined,
    write: (_piece, _encoding, done) => done(),
  });
  // They are methods of sockets that node:http calls.
  const nothing = (): Duplex => connection;
  Object.assign(connection, { setKeepAlive: nothing, setTimeout: nothing, ref: nothing, unref: nothing });
  const agent = Object.assign(new Agent({ keepAlive: true }), { createConnection: nothing });
  const outgoing = request({ agent, method });
  if (isDirect) readChunksOf(outgoing);
  outgoing.end();
  return { outgoing, connection };
}

/** All that a caller can see of an answer that arrives in these pieces, after which the connection may end. */
async function seen(isDirect: boolean, pieces: readonly Uint8Array[], { method = "GET", ends = true } = {}) {
  const { outgoing, connection } = ask(isDirect, method);
  const events: string[] = [];
  let data = "";
  let answer: IncomingMessage | undefined;
  outgoing.on("information", ({ statusCode }) => events.push(`information ${statusCode}`));
  // Nobody hears of what happens to a request that has been answered.
  outgoing.on("error", (error: NodeJS.ErrnoException) => answer ?? events.push(`request ${error.code}`));
  outgoing.on("response", (message) => {
    answer = message;
    message.on("data", (piece: Buffer) => {
      data += piece.toString("latin1");
    });
    message.on("end", () => events.push("end"));
    message.on("error", (error: NodeJS.ErrnoException) => events.push(`answer ${error.code}`));
    message.on("close", () => events.push("close"));
  });
  const read: number[] = [];
  for (const piece of pieces) {
    if (connection.destroyed) break;
    connection.push(piece);
    await turn();
    read.push(data.length);
  }
  const isKept = !connection.destroyed;
  const listeners = isKept && answer?.complete ? connection.listenerCount("data") : undefined;
  if (ends && isKept) {
    connection.push(null);
    await turn();
    await turn();
    connection.destroy();
  }
  await turn();
  await turn();
  const { statusCode, complete, trailers, rawHeaders } = answer ?? {};
  return {
    events,
    data,
    read,
    isKept,
    statusCode,
    complete,
    trailers: { ...trailers },
    rawHeaders,
    listeners,
  };
}

const HEAD = "HTTP/1.1 200 OK\r\nApi-Version: 1.48\r\nTransfer-Encoding: chunked\r\n\r\n";
const chunk = (data: string): string => `${data.length.toString(16)}\r\n${data}\r\n`;
const LAST = "0\r\n\r\n";

const head = fc.constantFrom(
  ...[HEAD, HEAD, HEAD, HEAD, HEAD],
  `HTTP/1.1 100 Continue\r\n\r\n${HEAD}`,
  `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${HEAD}`,
  `\r\n\r\n${HEAD}`,
  HEAD.replaceAll("\r\n", "\n"),
  HEAD.replace("OK\r\n", "OK\n"),
  HEAD.replace("chunked", "Chunked"),
  HEAD.replace("chunked", "gzip, chunked"),
  HEAD.replace("200 OK", "206 Partial Content"),
  HEAD.replace("200 OK", "204 No Content"),
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
  HEAD.replace("200 OK", "404 Not Found"),
  HEAD.replace("HTTP/1.1", "HTTP/1.0"),
  HEAD.replace("Api-Version: 1.48", "Connection: close"),
  HEAD.replace("Api-Version: 1.48", "Content-Length: 5"),
  HEAD.replace("Api-Version: 1.48", "Transfer-Encoding: chunked"),
  HEAD.replace("Transfer-Encoding: chunked", "Content-Length: 7"),
  HEAD.replace("Transfer-Encoding: chunked\r\n", ""),
  HEAD.replace("Api-Version: 1.48", "Api-Version 1.48"),
);

const part = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .string({ minLength: 1, maxLength: 40, unit: fc.constantFrom("\r", "\n", "0", "a", "x", "\0") })
      .map(chunk),
  },
  fc.constantFrom(
    ...["A\r\n0123456789\r\n", "0000000a\r\n0123456789\r\n", "00000000000a\r\n0123456789\r\n"],
    ...[
      "2;name=value\r\nab\r\n",
      "2 \r\nab\r\n",
      " 2\r\nab\r\n",
      "2\nab\n",
      "2\r\nab",
      "2\r\nab\n",
      "2\r\nabc\r\n",
      "2\r\nab\r\r\n",
    ],
    ...["x\r\n", "-1\r\n", "\r\n", "fffffffff\r\n", "ffffffffffffffffff\r\n", "7fffffff\r\n", "", LAST],
  ),
);
const end = fc.constantFrom(
  ...[LAST, LAST, LAST, ""],
  "0\r\nX-Checksum: 1\r\n\r\n",
  "000\r\n\r\n",
  "0;last\r\n\r\n",
  "0\r\n",
  "0",
  `${LAST}HTTP/1.1 408 Request Timeout\r\n\r\n`,
  `${LAST}more`,
);
const answer = fc
  .tuple(head, fc.array(part, { maxLength: 6 }), end)
  .map(([first, parts, last]) => Buffer.from(first + parts.join("") + last, "latin1"));

/** The same bytes in pieces: all at once, one by one, or in between. */
const cuts = fc.oneof(
  fc.constant([]),
  fc.constant(Array<number>(600).fill(1)),
  fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 }),
  // The body, cut where it hurts.
  fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 60 }).map((sizes) => [HEAD.length, ...sizes]),
);
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces = [];
  let at = 0;
  for (const size of sizes) {
    if (at + size >= bytes.length) break;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...pieces, bytes.subarray(at)];
}

test("any answer looks as it does through node:http alone, at any time", async () => {
  const methods = fc.constantFrom("GET", "GET", "GET", "POST");
  await fc.assert(
    fc.asyncProperty(answer, cuts, methods, fc.boolean(), async (bytes, sizes, method, ends) => {
      const pieces = cut(bytes, sizes);
      expect(await seen(true, pieces, { method, ends })).toEqual(await seen(false, pieces, { method, ends }));
    }),
  );
});

test("the pieces of a chunked answer are not copied, and its connection is kept", async () => {
  const { outgoing, connection } = ask(true);
  const body = Buffer.from(`${HEAD}${chunk("hello")}${chunk("world")}`);
  connection.push(body);
  const [message] = (await once(outgoing, "response")) as [IncomingMessage];
  const pieces: Buffer[] = [];
  message.on("data", (piece: Buffer) => pieces.push(piece));
  await turn();
  connection.push(Buffer.from(`${chunk("again")}`));
  const freed = once(connection, "free");
  connection.push(Buffer.from(LAST));
  await freed;
  expect(pieces.map(String)).toEqual(["hello", "world", "again"]);
  expect(pieces[0]?.buffer).toBe(pieces[1]?.buffer);
  expect(connection.listeners("data")).toEqual([]);
});

test("a reader that stops stops the connection, and a piece that was read is not lost", async () => {
  const { outgoing, connection } = ask(true);
  const large = "x".repeat(100_000);
  connection.push(Buffer.from(`${HEAD}${chunk(large)}${chunk(large)}`));
  const [message] = (await once(outgoing, "response")) as [IncomingMessage];
  await turn();
  expect(connection.isPaused()).toBe(true);
  connection.push(Buffer.from(LAST));
  let received = 0;
  for await (const piece of message) received += (piece as Buffer).length;
  expect(received).toBe(2 * large.length);
});

test("a destroyed answer receives nothing more", async () => {
  const { outgoing, connection } = ask(true);
  const [message] = (await Promise.all([
    once(outgoing, "response").then(([answered]) => answered),
    connection.push(Buffer.from(HEAD)),
  ])) as [IncomingMessage, boolean];
  const pieces: string[] = [];
  message.on("error", () => undefined);
  message.on("data", (piece: Buffer) => {
    if (pieces.push(piece.toString()) === 2) message.destroy();
  });
  connection.push(Buffer.from(chunk("first")));
  await turn();
  connection.push(Buffer.from(`${chunk("hello")}${chunk("world")}${LAST}`));
  await once(message, "close");
  expect(pieces).toEqual(["first", "hello"]);
  expect(connection.destroyed).toBe(true);
});

test("data arrive in the context of the call, not in that of the connection", async () => {
  const context = new AsyncLocalStorage<string>();
  const { outgoing, connection } = context.run("call", () => ask(true));
  const stores: unknown[] = [];
  outgoing.on("response", (message: IncomingMessage) => {
    message.on("data", () => stores.push(context.getStore()));
    message.on("end", () => stores.push(context.getStore()));
  });
  await turn();
  context.run("connection", () => connection.push(Buffer.from(`${HEAD}${chunk("hello")}`)));
  await turn();
  connection.push(Buffer.from(`${chunk("world")}${LAST}`));
  await turn();
  await turn();
  expect(stores).toEqual(["call", "call", "call"]);
});

test("other arrays of bytes are bytes too", async () => {
  const answer = Buffer.from(`${HEAD}${chunk("hello")}${LAST}`);
  const arrays = [
    new Uint8Array(answer.subarray(0, HEAD.length + 4)),
    new Uint8Array(answer.subarray(HEAD.length + 4)),
  ];
  expect(await seen(true, arrays)).toMatchObject({ data: "hello", complete: true });
  expect(await seen(true, arrays)).toEqual(await seen(false, arrays));
});

test("a listener that throws ends the answer with an error", async () => {
  const { outgoing, connection } = ask(true);
  const answered = once(outgoing, "response") as Promise<[IncomingMessage]>;
  connection.push(Buffer.from(HEAD));
  const [message] = await answered;
  const failed = once(message, "error");
  message.once("data", () => {
    throw new Error("of a listener");
  });
  await turn();
  const arrive = () => connection.push(Buffer.from(`${chunk("first")}${chunk("second")}${LAST}`));
  expect(arrive).toThrow("of a listener");
  // The second chunk is lost, so the answer must not look complete.
  expect(connection.destroyed).toBe(true);
  expect(await failed).toMatchObject([{ code: "ECONNRESET" }]);
  expect(message.complete).toBe(false);
});
