import type { Operation } from "#generated/operations.js";
import type { RequestOptions } from "#generated/options.js";
import { checkOptions, isAsyncIterable, type Rules, reading, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { kindOf, readMembers } from "../../members.js";
import { quote } from "../../quote.js";
import { mergeHeaders, type RequestBody } from "../../transport/index.js";
import type { Equivalents } from "../../unknown-option.js";
import type { CallKind } from "../response-kinds.js";
import { release, takeOver } from "./body.js";
import { toJson } from "./json.js";
import { writeQuery } from "./parameters.js";
import { checkRequest, type PreparedCall } from "./prepare.js";

/** A request to any path of an Engine, for `docker.request`. */
export interface RawRequest extends RequestOptions {
  /** "GET" by default. */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | undefined;
  /**
   * Path without API version and query, such as "/containers/json". It is sent as it is: escape names in it with
   * `encodeURIComponent`.
   */
  readonly path: string;
  /** Whether the API version of the client's calls precedes the path, as in "/v1.48/info". True by default. */
  readonly versioned?: boolean | undefined;
  /**
   * Parameters by name, written like those of operations: lists are repeated, objects are JSON, `filters` is an object of
   * lists; null and undefined are left out.
   */
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Bytes or a stream of them, sent as "application/octet-stream"; text, for which `headers` must name a Content-Type; or
   * anything else, sent as JSON. The client owns a stream from now on, and closes it whatever happens.
   */
  readonly body?: unknown;
  /**
   * Asks for a two-way connection, which becomes the answer's `duplex`: true or the name of a protocol, such as "h2c",
   * for a connection like an attach's; "websocket" for a WebSocket. False by default.
   */
  readonly upgrade?: boolean | string | undefined;
}

const OPERATION = "request";
const METHODS: readonly unknown[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const TOKEN = /^[\w.+/-]+$/;

const RULES: Rules<RawRequest> = {
  method: {
    must: METHODS.join(", ").replace(/, (?=\w+$)/, " or "),
    check: (value) => METHODS.includes(value),
  },
  path: rule.checkedLater,
  versioned: rule.boolean,
  query: rule.checkedLater,
  body: rule.checkedLater,
  upgrade: {
    must: 'true, false, or a protocol such as "h2c"',
    check: (value) => typeof value === "boolean" || (typeof value === "string" && TOKEN.test(value)),
  },
  headers: rule.checkedLater,
  signal: rule.signal,
  timeout: rule.limit,
  idleTimeout: rule.limit,
};

/** Options that callers of fetch, axios and docker-modem may write. */
const EQUIVALENTS: Equivalents = {
  url: 'path: "/containers/json"',
  params: "query: { all: true }",
  data: "body",
  json: "body, with the value itself",
  file: "body, with bytes or a stream",
  hijack: "upgrade: true",
  openStdin: "upgrade: true",
};

/** A success is any status below 400. */
const SUCCESSES = [101, ...Array.from({ length: 100 }, (_, index) => 300 + index)];

/** Checks and encodes a request to any path. @throws {ArgumentError} a part of it is invalid */
export function prepareRequest(given: RawRequest): PreparedCall {
  const body = reading(OPERATION, () => (given as RawRequest | undefined)?.body);
  takeOver(body);
  try {
    return reading(OPERATION, () => write(given));
  } catch (error) {
    release(body);
    throw error;
  }
}

function write(given: RawRequest): PreparedCall {
  const place = { where: OPERATION, equivalents: EQUIVALENTS };
  const {
    method = "GET",
    path,
    versioned = true,
    query,
    body,
    upgrade = false,
    ...limits
  } = checkOptions(given === undefined ? ({} as RawRequest) : given, RULES, place);
  const operation: Operation = {
    ...{ id: OPERATION, method, path: checkPath(path, versioned), kind: "none" },
    ...{ query: {}, headers: {}, required: [], successes: SUCCESSES, failures: [] },
  };
  const request = checkRequest(operation, limits);
  const written = writeBody(body, hasType(request));
  return {
    operation,
    kind: kindFor(upgrade),
    args: {},
    isRepeatable: written === undefined || written.bytes instanceof Uint8Array,
    isDetached: false,
    isVersioned: versioned,
    path: operation.path,
    query: query === undefined ? "" : writeQuery(checkQuery(query), OPERATION),
    headers: mergeHeaders(
      typeof upgrade === "string" ? { Upgrade: upgrade } : {},
      written && { "Content-Type": written.type },
      request.headers,
    ),
    body: written?.bytes,
    options: [],
    lists: [],
    request,
  };
}

function kindFor(upgrade: boolean | string): CallKind {
  if (upgrade === false) return "raw";
  return upgrade === "websocket" ? "raw-websocket" : "raw-upgrade";
}

function fail(problem: string): never {
  throw new ArgumentError(`${OPERATION}: ${problem}`);
}

/** Characters that a path may have, escapes included; HTTP needs anything else escaped. */
const PATH = /^(?:[\w.~!$&'()*+,;=:@/-]|%[0-9a-f]{2})*$/i;
const UNESCAPED = /%(?![0-9a-f]{2})|[^\w.~!$&'()*+,;=:@/%-]/iu;
const VERSION = /^\/v\d+\.\d+(?:\/|$)/;

function checkPath(path: unknown, versioned: boolean): string {
  if (typeof path !== "string") return fail(`the path must be a string such as "/info", not ${kindOf(path)}`);
  const shown = `the path ${quote(path.replace(/\?.*/s, "?…"))}`;
  if (/^[a-z][\w+.-]*:\/\//i.test(path))
    fail(
      `${shown} is an address; write its path alone, and the Engine's address as the client's option host`,
    );
  if (!path.startsWith("/")) fail(`${shown} must begin with a slash`);
  if (path.includes("?")) fail(`${shown} has a query; write it as query: { name: value }`);
  if (!PATH.test(path)) {
    const [wrong = ""] = UNESCAPED.exec(path) ?? [];
    fail(`${shown} contains ${JSON.stringify(wrong)}; escape what you put into it with encodeURIComponent`);
  }
  const segments = path.slice(1).split("/");
  if (segments.slice(0, -1).includes("")) fail(`${shown} has an empty segment; remove the double slash`);
  if (segments.some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)))
    fail(`${shown} has a segment of dots, which is not a name`);
  if (versioned && VERSION.test(path))
    fail(`${shown} has a version; leave it out, or write versioned: false to send the path as it is`);
  return path;
}

const checkQuery = (query: unknown): Record<string, unknown> =>
  readMembers(query, [], (problem) => fail(`the query ${problem}`), "an object such as { all: true }");

const hasType = ({ headers = {} }: RequestOptions): boolean =>
  Object.entries(headers).some(([name, value]) => name.toLowerCase() === "content-type" && value !== null);

interface WrittenBody {
  readonly bytes: RequestBody;
  readonly type: string;
}

function writeBody(body: unknown, hasContentType: boolean): WrittenBody | undefined {
  if (body === undefined) return undefined;
  const binary = "application/octet-stream";
  if (body instanceof Uint8Array) return { bytes: body, type: binary };
  if (isAsyncIterable(body)) return { bytes: body as AsyncIterable<Uint8Array>, type: binary };
  if (typeof body !== "string") {
    return { bytes: Buffer.from(toJson(body, `${OPERATION}: the body`)), type: "application/json" };
  }
  if (hasContentType) return { bytes: Buffer.from(body), type: "text/plain" };
  return fail(
    "the body is text, which may be meant as it is or as JSON: name its Content-Type in headers, or pass the value itself for JSON",
  );
}
