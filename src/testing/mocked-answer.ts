import { Duplex, Readable, Writable } from "node:stream";
import type { Operation, ResponseKind } from "#generated/operations.js";
import { ArgumentError } from "../errors.js";
import { toJson } from "../operation/index.js";
import { type Answer, mergeHeaders } from "../transport/index.js";
import { methodOf } from "./mocked-call.js";
import type { MockedArchive, MockedOutput, Pieces } from "./mocked-operations.js";

/** An encoded body, and the headers that describe it. */
interface Written {
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: Pieces<Uint8Array>;
}

/** An encoded answer. */
export interface MockedAnswer extends Written {
  readonly status: number;
  /** Takes what the client writes to an upgraded connection; it is dropped by default. */
  readonly input?: Writable | undefined;
}

/** Details that only a fake Engine gives about its answers. */
interface AnswerOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether the output comes from a terminal, and so has no frames. */
  readonly raw?: boolean | undefined;
  readonly input?: Writable | undefined;
}

const SWITCHING_PROTOCOLS = 101;
const JSON_TYPE = "application/json";
const FRAMES_TYPE = "application/vnd.docker.multiplexed-stream";
const RAW_TYPE = "application/vnd.docker.raw-stream";
const TAR_TYPE = "application/x-tar";
const PATH_STAT = "X-Docker-Container-Path-Stat";

/** Encodes bodies like the Engine, by response kind. `where` is the prefix of the message about an invalid body. */
const writers: Readonly<Record<ResponseKind, (body: unknown, where: string) => Written>> = {
  json: (body, where) => (body instanceof Promise ? late(body, where) : whole(JSON_TYPE, json(body, where))),
  text: (body, where) => whole("text/plain; charset=utf-8", text(body, where)),
  none: (_, where) => fail(where, "must be omitted: this operation answers without one"),
  tar: tarOf,
  archive: (body, where) => {
    const { stat, tar } = (body ?? {}) as Partial<MockedArchive>;
    if (stat === undefined || tar === undefined) return tarOf(body, where);
    const { headers, pieces } = tarOf(tar, where);
    return { headers: { ...headers, ...pathStat(stat, where) }, pieces };
  },
  "path-stat": (body, where) => ({ headers: pathStat(body, where), pieces: [] }),
  "json-lines": records,
  progress: records,
  frames,
  hijack: frames,
  websocket: (body, where) => ({ headers: {}, pieces: each(body, where, (output) => dataOf(output, where)) }),
};

/** Encodes an answer like the Engine. @throws {ArgumentError} the operation cannot have such an answer */
export function writeAnswer(
  operation: Operation,
  status: number,
  body: unknown,
  { headers: more, input, raw = false }: AnswerOptions = {},
): MockedAnswer {
  const { id, method } = operation;
  const kind = id === "request" ? kindOfBody(status, body) : operation.kind;
  const where = `${methodOf(id)}: the mocked body`;
  const upgraded = status === SWITCHING_PROTOCOLS && (kind === "hijack" || kind === "websocket");
  if (!upgraded && !(Number.isInteger(status) && status >= 200 && status < 600)) {
    throw new ArgumentError(`${methodOf(id)}: a mock cannot answer with the status ${status}`);
  }
  const write = status >= 400 ? writers.json : raw ? terminal : writers[kind];
  const { headers, pieces } = body === undefined ? { headers: {}, pieces: [] } : write(body, where);
  return { status, headers: { ...headers, ...more }, pieces: method === "HEAD" ? [] : pieces, input };
}

/** How the answer to `docker.request`, whose operation is unknown, is written. */
function kindOfBody(status: number, body: unknown): ResponseKind {
  if (status === SWITCHING_PROTOCOLS) return "hijack";
  if (typeof body === "string") return "text";
  const isBytes = body instanceof Uint8Array || (isIterable(body) && !Array.isArray(body));
  return isBytes ? "tar" : "json";
}

/** Starts sending an answer. Anything the client writes to an upgraded connection is dropped. */
export function send({ status, headers, pieces }: MockedAnswer, apiVersion: string): Answer {
  const upgraded = status === SWITCHING_PROTOCOLS;
  const readable = Readable.from(pieces, { objectMode: false });
  const sink = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });
  return {
    status,
    rawHeaders: Object.entries(mergeHeaders({ "Api-Version": apiVersion }, headers)).flat() as string[],
    body: upgraded ? Duplex.from({ readable, writable: sink() }) : readable,
    upgraded,
  };
}

/** Whether a body can be sent only once: a stream or a generator. */
export function isReadOnce(body: unknown): boolean {
  const source = tarIn(body);
  return (
    typeof source === "object" && source !== null && (Symbol.asyncIterator in source || "next" in source)
  );
}

/** The Node stream behind a body, if any. We own it from now on: its errors go to its reader. */
export function streamBehind(body: unknown): Readable | undefined {
  const source = tarIn(body);
  return source instanceof Readable ? source.on("error", () => undefined) : undefined;
}

const tarIn = (body: unknown): unknown => (body as Partial<MockedArchive> | null | undefined)?.tar ?? body;

function whole(type: string, bytes: Buffer): Written {
  const headers = { "Content-Type": type, "Content-Length": String(bytes.length) };
  return { headers, pieces: bytes.length > 0 ? [bytes] : [] };
}

const json = (value: unknown, where: string): Buffer => Buffer.from(toJson(value, where));

function text(body: unknown, where: string): Buffer {
  return typeof body === "string" ? Buffer.from(body) : fail(where, "must be a string");
}

const pathStat = (stat: unknown, where: string) => ({ [PATH_STAT]: json(stat, where).toString("base64") });

function tarOf(body: unknown, where: string): Written {
  const headers = { "Content-Type": TAR_TYPE };
  if (body instanceof Uint8Array) return { headers, pieces: body.length > 0 ? [body] : [] };
  if (isIterable(body)) return { headers, pieces: body as Pieces<Uint8Array> };
  return fail(where, "must be a Uint8Array, a stream or an async iterable of them");
}

function records(body: unknown, where: string): Written {
  const line = (record: unknown): Buffer => Buffer.concat([json(record, where), Buffer.from("\n")]);
  return { headers: { "Content-Type": JSON_TYPE }, pieces: each(body, where, line) };
}

function frames(body: unknown, where: string): Written {
  return {
    headers: { "Content-Type": FRAMES_TYPE },
    pieces: each(body, where, (output) => frame(output, where)),
  };
}

/** Output from a terminal has no frames. */
function terminal(body: unknown, where: string): Written {
  return {
    headers: { "Content-Type": RAW_TYPE },
    pieces: each(body, where, (output) => dataOf(output, where)),
  };
}

/** JSON that is sent after its headers. */
function late(body: Promise<unknown>, where: string): Written {
  body.catch(() => undefined);
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    yield json(await body, where);
  };
  return { headers: { "Content-Type": JSON_TYPE }, pieces: pieces() };
}

/** The Engine's multiplexed format: type, three zeros, big-endian length, payload. */
function frame(output: unknown, where: string): Buffer {
  const data = dataOf(output, where);
  const header = Buffer.alloc(8);
  header.writeUInt8((output as MockedOutput).stream === "stderr" ? 2 : 1, 0);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

function dataOf(output: unknown, where: string): Uint8Array {
  const { stream, data } = (output ?? {}) as Partial<MockedOutput>;
  const isOutput = stream === "stdout" || stream === "stderr";
  if (isOutput && typeof data === "string") return Buffer.from(data);
  if (isOutput && data instanceof Uint8Array) return data;
  return fail(where, 'must consist of { stream: "stdout" or "stderr", data: text or bytes }');
}

/** Encodes each piece: of a list immediately, so that errors show at once; of a stream, as it arrives. */
function each(body: unknown, where: string, write: (piece: unknown) => Uint8Array): Pieces<Uint8Array> {
  if (!isIterable(body)) return fail(where, "must be a list or an async iterable");
  if (Symbol.iterator in body) return Array.from(body, write);
  return (async function* () {
    for await (const piece of body) yield write(piece);
  })();
}

const isIterable = (value: unknown): value is Pieces<unknown> =>
  typeof value === "object" &&
  value !== null &&
  !(value instanceof Uint8Array) &&
  (Symbol.asyncIterator in value || Symbol.iterator in value);

function fail(where: string, problem: string): never {
  throw new ArgumentError(`${where} ${problem}`);
}
