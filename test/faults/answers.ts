import type { ResponseKind } from "#generated/operations.js";
import type { RequestOptions } from "#generated/options.js";
import type { Docker } from "../../src/index.js";
import { frame } from "../helpers/frames.js";
import { collect } from "../helpers/streams.js";
import { tarOf } from "../helpers/tar-archive.js";
import type { OriginRequest } from "./origin.js";
import { chunked, closing, head, message, websocketAccept } from "./wire.js";

/** An answer of the origin, and what the SDK has to make of it. */
export interface Answer {
  readonly name: string;
  readonly kind: ResponseKind;
  /** The request it is the answer to, without version and query. */
  readonly line: string;
  readonly head: Buffer | ((request: OriginRequest) => Buffer);
  readonly body: Buffer;
  /** How the end of the body is told. "connection" closes after it. */
  readonly endsBy: "length" | "chunks" | "connection" | "closing frame";
  /** Makes the call and reads all of its answer. */
  readonly read: (docker: Docker, request: RequestOptions) => Promise<unknown>;
  /** What `read` gives; of an answer that is a refusal, the status of the EngineError. */
  readonly want: { readonly value: unknown } | { readonly refusal: number };
  /**
   * Whether a value may be what is left of this answer when it ends early but in good form: nobody can tell it from
   * a shorter one, such as a log with fewer lines.
   */
  readonly mayBeAll?: (value: unknown) => boolean;
  /** Where bytes that were added cannot be told from the answer's own: nowhere, in its head, or in all of it. */
  readonly cannotTell?: "head" | "all";
}

const STAT = { name: "f.txt", size: 5, mode: 0o644, mtime: "2026-01-31T12:00:00Z", linkTarget: "" };
const STAT_HEADER = `X-Docker-Container-Path-Stat: ${Buffer.from(JSON.stringify(STAT)).toString("base64")}`;
const JSON_TYPE = "Content-Type: application/json";
const CHUNKED = "Transfer-Encoding: chunked";
const length = (body: Buffer): string => `Content-Length: ${body.length}`;
const MULTIPLEXED = "Content-Type: application/vnd.docker.multiplexed-stream";
const RAW = "Content-Type: application/vnd.docker.raw-stream";
const UPGRADED = ["Connection: Upgrade", "Upgrade: tcp"];

const WIDE = Buffer.from('[{"Id":"a1","SizeRw":12345678901234567890,"Labels":{"k":"é"}}]');
const WIDE_VALUE = [{ Id: "a1", SizeRw: 12_345_678_901_234_567_890n, Labels: { k: "é" } }];
const TAR = tarOf({ "f.txt": "hello" });
const RECORDS = ['{"Type":"container","Action":"start"}\n', '{"Type":"image","Action":"pull"}\n'];
const RECORD_VALUES = RECORDS.map((record) => JSON.parse(record));
const STEPS = ['{"status":"Pulling","id":"a1"}\r\n', '{"status":"Done"}\r\n'];
const STEP_VALUES = STEPS.map((step) => JSON.parse(step));
const FRAMES = Buffer.concat([frame("stdout", "héllo\n"), frame("stderr", "oh\n"), frame("stdout", "bye")]);
const FRAME_VALUE = { stdout: "héllo\nbye", stderr: "oh\n" };
const REFUSED = Buffer.from('{"message":"the origin refuses"}');
const NOT_FOUND = "404 Not Found";

/** The first values of a list, all of them included. */
const firstOf =
  (whole: readonly unknown[]) =>
  (value: unknown): boolean =>
    Array.isArray(value) && JSON.stringify(whole.slice(0, value.length)) === JSON.stringify(value);

/** What the first frames hold. */
const firstFrames = (value: unknown): boolean =>
  [
    { stdout: "", stderr: "" },
    { stdout: "héllo\n", stderr: "" },
    { stdout: "héllo\n", stderr: "oh\n" },
    FRAME_VALUE,
  ].some((whole) => JSON.stringify(whole) === JSON.stringify(value));

const TERMINAL = "hello from a terminal\r\n";
const firstOfTerminal = (value: unknown): boolean =>
  TERMINAL.startsWith((value as { stdout?: string }).stdout ?? "?");

const inspect = (id: string) => (docker: Docker, request: RequestOptions) =>
  docker.containerInspect(id, {}, request);
const attach = (id: string) => async (docker: Docker, request: RequestOptions) =>
  (await docker.containerAttach(id, { stream: true, stdout: true, stderr: true }, request)).text();
const logs = (id: string) => async (docker: Docker, request: RequestOptions) =>
  (await docker.containerLogs(id, { stdout: true, stderr: true }, request)).text();
const exec = (id: string) => async (docker: Docker, request: RequestOptions) =>
  (await docker.execStart(id, { body: { Detach: false, Tty: false } }, request)).text();
const websocket = (id: string) => async (docker: Docker, request: RequestOptions) =>
  (await docker.containerAttachWebsocket(id, { stream: true, stdout: true }, request)).text();

const refusal = { refusal: 404 } as const;

/** Every response kind in every framing it comes in, and the refusals of each way to send a request. */
export const answers: readonly Answer[] = [
  {
    name: "json with a length",
    kind: "json",
    line: "GET /containers/json",
    head: head("200 OK", JSON_TYPE, length(WIDE)),
    body: WIDE,
    endsBy: "length",
    read: (docker, request) => docker.containerList({ size: true }, request),
    want: { value: WIDE_VALUE },
  },
  {
    name: "json in chunks",
    kind: "json",
    line: "GET /containers/chunks/json",
    head: head("200 OK", JSON_TYPE, CHUNKED),
    body: chunked(WIDE.subarray(0, 20), WIDE.subarray(20, 31), WIDE.subarray(31)),
    endsBy: "chunks",
    read: inspect("chunks"),
    want: { value: WIDE_VALUE },
  },
  {
    name: "json until the connection closes",
    kind: "json",
    line: "GET /containers/close/json",
    head: head("200 OK", JSON_TYPE, "Connection: close"),
    body: WIDE,
    endsBy: "connection",
    read: inspect("close"),
    want: { value: WIDE_VALUE },
    cannotTell: "all",
  },
  {
    name: "json to a POST",
    kind: "json",
    line: "POST /containers/create",
    head: head("201 Created", JSON_TYPE, length(Buffer.from('{"Id":"a1","Warnings":[]}'))),
    body: Buffer.from('{"Id":"a1","Warnings":[]}'),
    endsBy: "length",
    read: (docker, request) => docker.containerCreate({ Image: "a" }, {}, request),
    want: { value: { Id: "a1", Warnings: [] } },
  },
  {
    name: "none",
    kind: "none",
    line: "POST /containers/web/start",
    head: head("204 No Content"),
    body: Buffer.alloc(0),
    endsBy: "length",
    read: (docker, request) => docker.containerStart("web", {}, request),
    want: { value: undefined },
    cannotTell: "all",
  },
  {
    name: "none with a body of no bytes",
    kind: "none",
    line: "POST /containers/web/kill",
    head: head("200 OK", "Content-Length: 0"),
    body: Buffer.alloc(0),
    endsBy: "length",
    read: (docker, request) => docker.containerKill("web", {}, request),
    want: { value: undefined },
    cannotTell: "all",
  },
  {
    name: "text with a length",
    kind: "text",
    line: "GET /_ping",
    head: head("200 OK", "Content-Type: text/plain", "Content-Length: 2"),
    body: Buffer.from("OK"),
    endsBy: "length",
    read: (docker, request) => docker.systemPing(request),
    want: { value: "OK" },
    cannotTell: "all",
  },
  {
    name: "tar in chunks",
    kind: "tar",
    line: "GET /images/app/get",
    head: head("200 OK", "Content-Type: application/x-tar", CHUNKED),
    body: chunked(TAR.subarray(0, 500), TAR.subarray(500, 1100), TAR.subarray(1100)),
    endsBy: "chunks",
    read: async (docker, request) => (await docker.imageGet("app", undefined, request)).bytes(),
    want: { value: TAR },
  },
  {
    name: "tar until the connection closes",
    kind: "tar",
    line: "GET /containers/web/export",
    head: head("200 OK", "Content-Type: application/octet-stream", "Connection: close"),
    body: TAR,
    endsBy: "connection",
    read: async (docker, request) => (await docker.containerExport("web", request)).bytes(),
    want: { value: TAR },
    cannotTell: "all",
  },
  {
    name: "archive in chunks",
    kind: "archive",
    line: "GET /containers/web/archive",
    head: head("200 OK", "Content-Type: application/x-tar", STAT_HEADER, CHUNKED),
    body: chunked(TAR.subarray(0, 700), TAR.subarray(700)),
    endsBy: "chunks",
    read: async (docker, request) => {
      const archive = await docker.containerArchive("web", { path: "/f.txt" }, request);
      return { bytes: await archive.bytes(), stat: archive.stat };
    },
    want: { value: { bytes: TAR, stat: STAT } },
  },
  {
    name: "path-stat",
    kind: "path-stat",
    line: "HEAD /containers/web/archive",
    head: head("200 OK", JSON_TYPE, STAT_HEADER, "Content-Length: 0"),
    body: Buffer.alloc(0),
    endsBy: "length",
    read: (docker, request) => docker.containerArchiveInfo("web", { path: "/f.txt" }, request),
    want: { value: STAT },
  },
  {
    name: "json-lines in chunks",
    kind: "json-lines",
    line: "GET /events",
    head: head("200 OK", JSON_TYPE, CHUNKED),
    body: chunked(...RECORDS),
    endsBy: "chunks",
    read: async (docker, request) => collect(await docker.systemEvents({}, request)),
    want: { value: RECORD_VALUES },
    mayBeAll: firstOf(RECORD_VALUES),
    cannotTell: "head",
  },
  {
    name: "progress in chunks",
    kind: "progress",
    line: "POST /images/create",
    head: head("200 OK", JSON_TYPE, CHUNKED),
    body: chunked(...STEPS),
    endsBy: "chunks",
    read: async (docker, request) => collect(await docker.imageCreate({ fromImage: "a", tag: "1" }, request)),
    want: { value: STEP_VALUES },
    mayBeAll: firstOf(STEP_VALUES),
    cannotTell: "head",
  },
  {
    name: "frames in chunks",
    kind: "frames",
    line: "GET /containers/web/logs",
    head: head("200 OK", MULTIPLEXED, CHUNKED),
    body: chunked(FRAMES.subarray(0, 10), FRAMES.subarray(10, 26), FRAMES.subarray(26)),
    endsBy: "chunks",
    read: logs("web"),
    want: { value: FRAME_VALUE },
    mayBeAll: firstFrames,
    cannotTell: "head",
  },
  {
    name: "a terminal's log in chunks",
    kind: "frames",
    line: "GET /containers/tty/logs",
    head: head("200 OK", RAW, CHUNKED),
    body: chunked(TERMINAL.slice(0, 9), TERMINAL.slice(9)),
    endsBy: "chunks",
    read: logs("tty"),
    want: { value: { stdout: TERMINAL, stderr: "" } },
    mayBeAll: firstOfTerminal,
    cannotTell: "head",
  },
  {
    name: "an attach",
    kind: "hijack",
    line: "POST /containers/web/attach",
    head: head("101 UPGRADED", MULTIPLEXED, ...UPGRADED),
    body: FRAMES,
    endsBy: "connection",
    read: attach("web"),
    want: { value: FRAME_VALUE },
    mayBeAll: firstFrames,
    cannotTell: "head",
  },
  {
    name: "an attach to a terminal",
    kind: "hijack",
    line: "POST /containers/tty/attach",
    head: head("101 UPGRADED", RAW, ...UPGRADED),
    body: Buffer.from(TERMINAL),
    endsBy: "connection",
    read: attach("tty"),
    want: { value: { stdout: TERMINAL, stderr: "" } },
    mayBeAll: firstOfTerminal,
    cannotTell: "all",
  },
  {
    name: "an exec",
    kind: "hijack",
    line: "POST /exec/e1/start",
    head: head("101 UPGRADED", MULTIPLEXED, ...UPGRADED),
    body: FRAMES,
    endsBy: "connection",
    read: exec("e1"),
    want: { value: FRAME_VALUE },
    mayBeAll: firstFrames,
    cannotTell: "head",
  },
  {
    name: "a websocket",
    kind: "websocket",
    line: "GET /containers/web/attach/ws",
    head: (request) =>
      head(
        "101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Accept: ${websocketAccept(request.header("sec-websocket-key") ?? "")}`,
      ),
    body: Buffer.concat([message("hello "), message("you"), closing]),
    endsBy: "closing frame",
    read: websocket("web"),
    want: { value: { stdout: "hello you", stderr: "" } },
  },
  {
    name: "a refusal with a length",
    kind: "json",
    line: "GET /containers/refused/json",
    head: head(NOT_FOUND, JSON_TYPE, length(REFUSED)),
    body: REFUSED,
    endsBy: "length",
    read: inspect("refused"),
    want: refusal,
  },
  {
    name: "a refusal in chunks",
    kind: "tar",
    line: "GET /images/refused/get",
    head: head(NOT_FOUND, JSON_TYPE, CHUNKED),
    body: chunked(REFUSED.subarray(0, 9), REFUSED.subarray(9)),
    endsBy: "chunks",
    read: async (docker, request) => (await docker.imageGet("refused", undefined, request)).bytes(),
    want: refusal,
  },
  {
    name: "a refusal without a body",
    kind: "path-stat",
    line: "HEAD /containers/refused/archive",
    head: head(NOT_FOUND, JSON_TYPE, length(REFUSED)),
    body: Buffer.alloc(0),
    endsBy: "length",
    read: (docker, request) => docker.containerArchiveInfo("refused", { path: "/f.txt" }, request),
    want: refusal,
  },
  {
    name: "a refused attach, until the connection closes",
    kind: "hijack",
    line: "POST /containers/refused/attach",
    head: head(NOT_FOUND, "Content-Type: text/plain"),
    body: Buffer.from("the origin refuses"),
    endsBy: "connection",
    read: attach("refused"),
    want: refusal,
  },
  {
    name: "a refused attach with a length",
    kind: "hijack",
    line: "POST /containers/refused2/attach",
    head: head(NOT_FOUND, JSON_TYPE, length(REFUSED)),
    body: REFUSED,
    endsBy: "length",
    read: attach("refused2"),
    want: refusal,
  },
  {
    name: "a refused exec in chunks",
    kind: "hijack",
    line: "POST /exec/refused/start",
    head: head(NOT_FOUND, JSON_TYPE, CHUNKED),
    body: chunked(REFUSED.subarray(0, 9), REFUSED.subarray(9)),
    endsBy: "chunks",
    read: exec("refused"),
    want: refusal,
  },
  {
    name: "a refused websocket",
    kind: "websocket",
    line: "GET /containers/refused/attach/ws",
    head: head(NOT_FOUND, JSON_TYPE, length(REFUSED)),
    body: REFUSED,
    endsBy: "length",
    read: websocket("refused"),
    want: refusal,
  },
];
