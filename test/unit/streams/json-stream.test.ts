import { PassThrough, Readable } from "node:stream";
import { StreamError } from "../../../src/index.js";
import { JsonStream } from "../../../src/streams/json-stream.js";
import { ProgressStream } from "../../../src/streams/progress-stream.js";
import { collect } from "../../helpers/streams.js";

const body = (...chunks: (string | Buffer)[]): Readable =>
  Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

describe("records", () => {
  const accent = Buffer.from('{"a":"é"}\n');
  test.each<{ given: string; chunks: (string | Buffer)[]; want: unknown[] }>([
    { given: "one per chunk", chunks: ['{"a":1}\n', '{"a":2}\n'], want: [{ a: 1 }, { a: 2 }] },
    {
      given: "several in a chunk",
      chunks: ['{"a":1}\n{"a":2}\n{"a":3}\n'],
      want: [{ a: 1 }, { a: 2 }, { a: 3 }],
    },
    { given: "split anywhere", chunks: ['{"', 'a":', "1}", '\n{"a":2', "}\n"], want: [{ a: 1 }, { a: 2 }] },
    {
      given: "with empty lines and CR LF",
      chunks: ['{"a":1}\r\n', "\r\n\n", '{"a":2}\r\n'],
      want: [{ a: 1 }, { a: 2 }],
    },
    { given: "the last without a newline", chunks: ['{"a":1}\n{"a":2}'], want: [{ a: 1 }, { a: 2 }] },
    { given: "a character split", chunks: [accent.subarray(0, 7), accent.subarray(7)], want: [{ a: "é" }] },
    { given: "none", chunks: [], want: [] },
    {
      given: "several on a line",
      chunks: ['{"a":1}{"a":2} {"a":3}\n{"a":4}'],
      want: [1, 2, 3, 4].map((a) => ({ a })),
    },
    {
      given: "one over several lines",
      chunks: ['{\n  "a": 1\n}\n{"a"', ':\n\n2}\n{"a":3}\n'],
      want: [1, 2, 3].map((a) => ({ a })),
    },
    {
      given: "without any line end",
      chunks: ['{"a":1}', '{"a":"}', '"}{"', 'a":3}'],
      want: [{ a: 1 }, { a: "}" }, { a: 3 }],
    },
    {
      given: "of all kinds, close together",
      chunks: ['1 2"a"[3]{}[]true"b"4{"a":5}'],
      want: [1, 2, "a", [3], {}, [], true, "b", 4, { a: 5 }],
    },
    {
      given: "null, which says nothing",
      chunks: ['null\n{"a":1}\nnull null{"a":2}null'],
      want: [{ a: 1 }, { a: 2 }],
    },
    {
      given: "with a wide integer over two lines",
      chunks: ['{"timeNano":\n1763930000123456789}\n'],
      want: [{ timeNano: 1763930000123456789n }],
    },
  ])("$given", async ({ chunks, want }) => {
    expect(await collect(new JsonStream(body(...chunks), "SystemEvents"))).toEqual(want);
  });

  test("that are not JSON are a StreamError with their start", async () => {
    const stream = new JsonStream(body('{"a":1}\n', "<html>oops"), "SystemEvents");
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const value of stream) seen.push(value);
    })();
    await expect(reading).rejects.toThrow(
      "SystemEvents: the Engine sent a record that is not JSON: <html>oops",
    );
    await expect(reading).rejects.toBeInstanceOf(StreamError);
    expect(seen).toEqual([{ a: 1 }]);
  });

  test.each<{ what: string; chunks: string[]; more?: unknown[]; message: string }>([
    { what: "half a record", chunks: ['{"a":1}\n{"a":'], message: 'the answer ended inside a record: {"a":' },
    {
      what: "half a string",
      chunks: ['{"a":1}\n{"a":"x\n'],
      message: 'the answer ended inside a record: {"a":"x',
    },
    {
      what: "a record after half a record",
      chunks: ['{"a":1}\n{"b":2\n{"c":3}\n'],
      message: 'not JSON: {"b":2\n{"c":3}',
    },
    { what: "a bracket too many", chunks: ['{"a":1}\n{"b":2}}\n'], more: [{ b: 2 }], message: "not JSON: }" },
    { what: "a page", chunks: ['{"a":1}\n502 Bad Gateway\n'], more: [502], message: "not JSON: Bad Gateway" },
    { what: "another kind of bracket", chunks: ['{"a":1}\n[1}\n'], message: "not JSON: [1}" },
    { what: "a bad number", chunks: ['{"a":1}\n{"b":01}\n'], message: 'not JSON: {"b":01}' },
  ])("that are followed by $what come first, then a StreamError", async ({ chunks, more = [], message }) => {
    const source = new PassThrough();
    const iterator = new JsonStream(source, "SystemEvents")[Symbol.asyncIterator]();
    for (const chunk of chunks) source.write(chunk);
    // What cannot be put right is an error at once, also while the connection stays open.
    if (message.includes("ended")) source.end();
    for (const value of [{ a: 1 }, ...more]) expect(await iterator.next()).toEqual({ done: false, value });
    const failing = iterator.next();
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toBeInstanceOf(StreamError);
    expect(source.destroyed).toBe(true);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test.each(['{"a":1}\n', '{"a":1}'])("come before the stream ends, as %j", async (text) => {
    const source = new PassThrough();
    const iterator = new JsonStream<{ a: number }>(source, "SystemEvents")[Symbol.asyncIterator]();
    source.write(text);
    expect(await iterator.next()).toEqual({ done: false, value: { a: 1 } });
    source.destroy();
  });
});

test("leaving the loop closes the body", async () => {
  const source = new PassThrough();
  source.write('{"a":1}\n{"a":2}\n');
  for await (const _ of new JsonStream(source, "SystemEvents")) break;
  expect(source.destroyed).toBe(true);
});

test("cancel() ends an iteration under way with an AbortedError", async () => {
  const source = new PassThrough();
  const stream = new JsonStream(source, "SystemEvents");
  const reading = collect(stream);
  setImmediate(() => stream.cancel());
  await expect(reading).rejects.toThrow("SystemEvents was cancelled");
});

test("a stream can be consumed once only", async () => {
  const stream = new JsonStream(body('{"a":1}\n'), "SystemEvents");
  await collect(stream);
  await expect(collect(stream)).rejects.toThrow("was already consumed");
});

const podmanFailure = { cause: "container is stopped", message: "cannot get stats", response: 500 };

test.each([JsonStream, ProgressStream])(
  "a failure that Podman writes as a record is thrown: %p",
  async (Stream) => {
    const stream = new Stream(body(`{"a":1}\n${JSON.stringify(podmanFailure)}\n`), "ContainerStats");
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const record of stream) seen.push(record);
    })();
    await expect(reading).rejects.toThrow(
      new StreamError("ContainerStats failed: cannot get stats", { cause: podmanFailure }),
    );
    expect(seen).toEqual([{ a: 1 }]);
  },
);

test.each([
  { ...podmanFailure, Type: "container" },
  { cause: "x", message: "y" },
  { ...podmanFailure, response: "500" },
  { ...podmanFailure, message: null },
])("a record that only resembles one is a record: %j", async (record) => {
  expect(await collect(new JsonStream(body(JSON.stringify(record)), "ContainerStats"))).toEqual([record]);
});

describe("progress", () => {
  const failing = () =>
    new ProgressStream(
      body('{"status":"Loading"}\n{"errorDetail":{"message":"no space left"},"error":"no space left"}\n'),
      "ImageLoad",
    );

  test("gives its records, and done() when there was no failure", async () => {
    const records =
      '{"status":"Loading","progressDetail":{"current":1,"total":2}}\n{"stream":"Loaded image"}\n';
    expect(await collect(new ProgressStream(body(records), "ImageLoad"))).toHaveLength(2);
    await expect(new ProgressStream(body(records), "ImageLoad").done()).resolves.toBeUndefined();
  });

  test.each([
    { record: 'null\n{"stream":"ok"}', want: 1 },
    { record: '{"error":null}', want: 1 },
  ])("that says nothing is not a failure: $record", async ({ record, want }) => {
    expect(await collect(new ProgressStream(body(record), "ImageLoad"))).toHaveLength(want);
  });

  test("shows an error that is not a string", async () => {
    const failing = new ProgressStream(body('{"error":{"code":1}}'), "ImageLoad");
    await expect(failing.done()).rejects.toThrow('ImageLoad failed: {"code":1}');
  });

  test.each([
    { record: '{"errorDetail":{}}', says: "ImageLoad failed: {}" },
    { record: '{"errorDetail":{"code":7}}', says: 'ImageLoad failed: {"code":7}' },
    { record: '{"error":""}', says: "ImageLoad failed: (no message)" },
    {
      record: '{"error":{"code":12345678901234567890}}',
      says: 'ImageLoad failed: {"code":12345678901234567890}',
    },
  ])("is thrown though it has no text: $record", async ({ record, says }) => {
    await expect(new ProgressStream(body(record), "ImageLoad").done()).rejects.toThrow(says);
  });

  test("with an errorDetail is thrown as a StreamError, iterated or not", async () => {
    await expect(failing().done()).rejects.toThrow("ImageLoad failed: no space left");
    await expect(collect(failing())).rejects.toBeInstanceOf(StreamError);
  });
});
