import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { BytesMessage } from "../../../../generated/buildkit/session.js";
import { type Methods, streaming, unary } from "../../../../src/buildkit/grpc/method.js";
import { type GrpcServer, serve } from "../../../../src/buildkit/grpc/server.js";
import { Code, GrpcError } from "../../../../src/buildkit/grpc/status.js";
import { duplexPair } from "../../../helpers/duplex-pair.js";
import { ended, framed, GrpcClient } from "../../../helpers/grpc-client.js";
import { latch, until } from "../../../helpers/waiting.js";

const text = (data: Uint8Array): string => Buffer.from(data).toString();
const bytes = (words: string) => ({ data: Buffer.from(words) });

let server: GrpcServer;
let client: GrpcClient;
let wire: Duplex;
const failures: unknown[] = [];

function start(methods: Methods): void {
  const [near, far] = duplexPair();
  wire = far;
  failures.length = 0;
  server = serve(near, methods, (error) => failures.push(error));
  client = new GrpcClient(far);
}

afterEach(async () => {
  client?.close();
  await server?.close();
});

const call = (path: string, words: string) => client.unary(path, BytesMessage, bytes(words), BytesMessage);

const methods: Methods = {
  "/test/Echo": unary(BytesMessage, BytesMessage, ({ data }) => ({ data })),
  "/test/Shout": streaming(BytesMessage, BytesMessage, async (messages, send) => {
    for await (const { data } of messages) await send(bytes(text(data).toUpperCase()));
  }),
  "/test/Refuse": unary(BytesMessage, BytesMessage, () => {
    throw new GrpcError(Code.NOT_FOUND, "nothing of 100% “that”");
  }),
  "/test/Break": streaming(BytesMessage, BytesMessage, async (_, send) => {
    await send(bytes("so far"));
    throw new GrpcError(Code.UNKNOWN, "no more");
  }),
  "/test/Fail": unary(BytesMessage, BytesMessage, () => {
    throw new TypeError("a password is wrong");
  }),
  "/test/Metadata": unary(BytesMessage, BytesMessage, (_, { metadata }) =>
    bytes(JSON.stringify([metadata.get("name"), metadata.all("path"), metadata.all("escaped")])),
  ),
};

test("answers a call with one message", async () => {
  start(methods);
  const { messages, status } = await call("/test/Echo", "hello");
  expect([status, messages.map(({ data }) => text(data))]).toEqual([Code.OK, ["hello"]]);
});

test("answers an empty message, and one of megabytes", async () => {
  start(methods);
  expect((await call("/test/Echo", "")).messages[0]?.data.length).toBe(0);
  const { messages } = await call("/test/Echo", "x".repeat(3_000_000));
  expect(messages[0]?.data.length).toBe(3_000_000);
});

test("carries messages both ways at once", async () => {
  start(methods);
  const stream = client.open("/test/Shout");
  let turn = 0;
  stream.write(framed(BytesMessage.encode(bytes("a0"))));
  const answer = await ended(stream, BytesMessage, () => {
    turn += 1;
    if (turn < 3) stream.write(framed(BytesMessage.encode(bytes(`a${turn}`))));
    else stream.end();
  });
  expect(answer.messages.map(({ data }) => text(data))).toEqual(["A0", "A1", "A2"]);
  expect(answer.status).toBe(Code.OK);
});

test("puts frames together that arrive byte by byte", async () => {
  start(methods);
  const stream = client.open("/test/Shout");
  const two = Buffer.concat(["ab", "cd"].map((words) => framed(BytesMessage.encode(bytes(words)))));
  const answer = ended(stream, BytesMessage);
  for (const byte of two) {
    stream.write(Buffer.from([byte]));
    await sleep(1);
  }
  stream.end();
  expect((await answer).messages.map(({ data }) => text(data))).toEqual(["AB", "CD"]);
});

test("knows no other method", async () => {
  start(methods);
  expect(await call("/test/Other", "")).toMatchObject({
    status: Code.UNIMPLEMENTED,
    message: "unknown method /test/Other",
  });
});

test("tells an error before the first message, whatever is in its text", async () => {
  start(methods);
  expect(await call("/test/Refuse", "")).toEqual({
    messages: [],
    status: Code.NOT_FOUND,
    message: "nothing of 100% “that”",
  });
});

test("tells an error after the first message", async () => {
  start(methods);
  const { messages, status, message } = await call("/test/Break", "");
  expect([messages.length, status, message]).toEqual([1, Code.UNKNOWN, "no more"]);
});

test("keeps to itself why a method failed, and hands that over", async () => {
  start(methods);
  const { status, message } = await call("/test/Fail", "");
  expect(status).toBe(Code.INTERNAL);
  expect(message).not.toContain("password");
  expect(failures).toEqual([new TypeError("a password is wrong")]);
});

test.each([
  {
    what: "cut off",
    frames: framed(BytesMessage.encode(bytes("hello"))).subarray(0, 8),
    status: Code.INTERNAL,
  },
  { what: "without its length", frames: Buffer.from([0, 0]), status: Code.INTERNAL },
  { what: "missing", frames: Buffer.alloc(0), status: Code.INTERNAL },
  { what: "too long", frames: Buffer.from([0, 0xff, 0xff, 0xff, 0xff]), status: Code.RESOURCE_EXHAUSTED },
  { what: "compressed", frames: Buffer.from([1, 0, 0, 0, 0]), status: Code.UNIMPLEMENTED },
  { what: "no protobuf", frames: framed(Buffer.from([0x0f])), status: Code.INTERNAL },
])("refuses a message that is $what", async ({ frames, status }) => {
  start(methods);
  const stream = client.open("/test/Echo");
  stream.end(frames);
  expect((await ended(stream, BytesMessage)).status).toBe(status);
  expect(failures).toEqual([]);
});

test("tells repeated headers apart from a comma, and reads escaped ones", async () => {
  start(methods);
  const stream = client.open("/test/Metadata", {
    name: "context",
    path: ["a, b", "%41", "c"],
    escaped: ["caf%C3%A9+au+lait", "a%2C+b"],
    "escaped-encoded": "1",
  });
  stream.end(framed(BytesMessage.encode(bytes(""))));
  const [told] = (await ended(stream, BytesMessage)).messages;
  expect(JSON.parse(text(told?.data as Uint8Array))).toEqual([
    "context",
    ["a, b", "%41", "c"],
    ["café au lait", "a, b"],
  ]);
});

test("refuses an escaped header that is not UTF-8", async () => {
  start(methods);
  const stream = client.open("/test/Metadata", { escaped: "%FF", "escaped-encoded": "1" });
  stream.end(framed(BytesMessage.encode(bytes(""))));
  expect((await ended(stream, BytesMessage)).status).toBe(Code.INVALID_ARGUMENT);
});

/** A frame of HTTP/2 on the stream 1, or on the connection. */
function http2Frame(type: number, flags: number, payload: Buffer, stream = 1): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Headers as literals. */
const literal = (headers: Record<string, string>): Buffer =>
  Buffer.concat(
    Object.entries(headers).flatMap((header) => [
      Buffer.from([0]),
      ...header.flatMap((part) => [Buffer.from([part.length]), Buffer.from(part)]),
    ]),
  );

/** Starts a call, sends one message, and leaves it to `ending` to say what follows. */
function cutShort(ending: (far: Duplex) => void): Promise<string> {
  const [near, far] = duplexPair();
  far.resume();
  return new Promise((resolve, reject) => {
    const take = streaming(BytesMessage, BytesMessage, async (messages) => {
      try {
        for await (const _ of messages) ending(far);
        resolve("the end");
      } catch (error) {
        reject(error);
        throw error;
      }
    });
    server = serve(near, { "/test/Take": take }, (error) => failures.push(error));
    far.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    far.write(http2Frame(4, 0, Buffer.alloc(0), 0));
    const headers = { ":method": "POST", ":scheme": "http", ":path": "/test/Take", ":authority": "engine" };
    far.write(http2Frame(1, 4, literal(headers)));
    far.write(http2Frame(0, 0, framed(BytesMessage.encode(bytes("so far")))));
  });
}

// Node's own client ends a stream before it resets it.
test.each([
  {
    what: "its caller cancels",
    ending: (far: Duplex) => far.write(http2Frame(3, 0, Buffer.from([0, 0, 0, 8]))),
  },
  {
    what: "its caller resets",
    ending: (far: Duplex) => far.write(http2Frame(3, 0, Buffer.from([0, 0, 0, 0]))),
  },
  { what: "loses its connection", ending: (far: Duplex) => far.destroy() },
])("a call that $what does not seem to end well", async ({ ending }) => {
  failures.length = 0;
  await expect(cutShort(ending)).rejects.toThrow(GrpcError);
  await sleep(20);
  expect(failures).toEqual([]);
});

test("a call that its caller ends does", async () => {
  await expect(cutShort((far) => far.write(http2Frame(0, 1, Buffer.alloc(0))))).resolves.toBe("the end");
});

test("waits for a caller that does not read", async () => {
  let sent = 0;
  start({
    "/test/Pour": streaming(BytesMessage, BytesMessage, async (_, send) => {
      for (; sent < 400; sent += 1) await send({ data: Buffer.alloc(64 * 1024) });
    }),
  });
  const stream = client.open("/test/Pour");
  stream.end(framed(BytesMessage.encode(bytes(""))));
  await sleep(100);
  expect(sent).toBeLessThan(100);
  const { messages, status } = await ended(stream, BytesMessage);
  expect([messages.length, status]).toEqual([400, Code.OK]);
});

test("is closed when the peer is gone, and ends its calls", async () => {
  const [begun, over] = [latch(), latch()];
  start({
    "/test/Wait": streaming(BytesMessage, BytesMessage, async (_, __, { signal }) => {
      begun.fire();
      await new Promise((aborted) => signal.addEventListener("abort", aborted, { once: true }));
      over.fire();
    }),
  });
  client.open("/test/Wait");
  await begun.fired;
  wire.destroy();
  await server.closed;
  await over.fired;
});

test("can be closed in the first tick, with bytes in the connection", async () => {
  const [near, far] = duplexPair();
  client = new GrpcClient(far);
  client.open("/test/Echo");
  await until("the caller speaks", () => near.readableLength > 0);
  server = serve(near, methods, () => undefined);
  await server.close();
  await server.closed;
  expect(near.destroyed).toBe(true);
});

test("answers a caller that spoke before it was served", async () => {
  const [near, far] = duplexPair();
  client = new GrpcClient(far);
  const answer = call("/test/Echo", "early");
  await until("the caller speaks", () => near.readableLength > 0);
  // As node:http leaves a connection after an upgrade: what it read too much is put back.
  near.unshift(near.read() as Buffer);
  server = serve(near, methods, () => undefined);
  expect((await answer).messages.map(({ data }) => text(data))).toEqual(["early"]);
});
