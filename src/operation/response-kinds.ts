import { Duplex } from "node:stream";
import type { ResponseKind } from "#generated/operations.js";
import {
  ArchiveStream,
  AttachStream,
  JsonStream,
  type LogFormat,
  LogStream,
  type PathStat,
  ProgressStream,
  readPathStat,
  TarStream,
} from "../streams/index.js";
import type { EngineRequest, EngineResponse, Transport } from "../transport/index.js";
import { RawResponse } from "./raw-response.js";

const PATH_STAT = "X-Docker-Container-Path-Stat";

/** A reader's knowledge about its call. */
export interface Reading {
  /** Named in errors. */
  readonly operation: string;
  /** Format of output. Undefined without output, or if it does not depend on a terminal. */
  readonly format?: LogFormat | undefined;
  /** Whether the caller wants no stream, so that the connection need not be upgraded. */
  readonly isDetached: boolean;
}

/** The kind of a call: an operation's, or how a request of `docker.request` is sent. */
export type CallKind = ResponseKind | "raw" | "raw-upgrade" | "raw-websocket";

/** How calls of a kind are sent and their answers read. */
interface Kind {
  /** The transport's method to send it with. */
  readonly send: (transport: Transport, request: EngineRequest) => Promise<EngineResponse>;
  /** Whether its data is a stream, available when the answer begins. The call itself can be iterated then. */
  readonly isStream: boolean;
  /** Whether its data is output, whose format must be determined. */
  readonly hasFormat?: true;
  /** Reads the data of a successful answer. */
  readonly read: (response: EngineResponse, reading: Reading) => unknown;
}

const plain: Kind["send"] = (transport, request) => transport.send(request);
const upgrade: Kind["send"] = (transport, request) => transport.upgrade(request);
const websocket: Kind["send"] = (transport, request) => transport.websocket(request);

/** One row per kind; the generated client has the types. */
export const responseKinds: Readonly<Record<CallKind, Kind>> = {
  json: { send: plain, isStream: false, read: readJson },
  text: { send: plain, isStream: false, read: (response) => response.text() },
  none: { send: plain, isStream: false, read: (response) => response.drain() },
  "path-stat": { send: plain, isStream: false, read: readStat },
  tar: { send: plain, isStream: true, read: ({ body }, { operation }) => new TarStream(body, operation) },
  archive: { send: plain, isStream: true, read: readArchive },
  "json-lines": {
    send: plain,
    isStream: true,
    read: ({ body }, { operation }) => new JsonStream(body, operation),
  },
  progress: {
    send: plain,
    isStream: true,
    read: ({ body }, { operation }) => new ProgressStream(body, operation),
  },
  frames: { send: plain, isStream: true, hasFormat: true, read: readLogs },
  hijack: { send: upgrade, isStream: true, hasFormat: true, read: readAttached },
  websocket: { send: websocket, isStream: true, hasFormat: true, read: readAttached },
  raw: { send: plain, isStream: true, read: readRaw },
  "raw-upgrade": { send: upgrade, isStream: true, read: readUpgraded },
  "raw-websocket": { send: websocket, isStream: true, read: readUpgraded },
};

/** A 204 has no JSON: systemAuth answers with it when the registry gives no token. */
function readJson(response: EngineResponse): unknown {
  return response.status === 204 ? response.drain() : response.json();
}

async function readStat(response: EngineResponse, { operation }: Reading): Promise<PathStat> {
  await response.drain();
  return readPathStat(response.headers.get(PATH_STAT), operation);
}

function readArchive({ body, headers }: EngineResponse, { operation }: Reading): ArchiveStream {
  return new ArchiveStream(body, operation, headers.get(PATH_STAT));
}

function readRaw(response: EngineResponse, { operation }: Reading): RawResponse {
  return new RawResponse(response, operation, false);
}

function readUpgraded(response: EngineResponse, { operation }: Reading): RawResponse {
  return new RawResponse(response, operation, true);
}

function readLogs(response: EngineResponse, { operation, format }: Reading): LogStream {
  return new LogStream(response.body, operation, format ?? "raw");
}

/** A 200 is a success only without a stream; otherwise an intermediary dropped the upgrade. */
function readAttached(response: EngineResponse, { operation, format, isDetached }: Reading): AttachStream {
  const duplex =
    isDetached && !response.upgraded ? Duplex.from({ readable: response.body }) : response.connection;
  return new AttachStream(duplex, operation, format ?? "raw");
}
