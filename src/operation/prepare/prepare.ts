import type { CallArguments } from "#generated/client.js";
import type { Operation, ResponseKind } from "#generated/operations.js";
import type { RequestOptions } from "#generated/options.js";
import {
  checkOptions,
  headerProblem,
  isHeaderName,
  type Rules,
  reading,
  readOptions,
  rule,
} from "../../arguments.js";
import { ArgumentError, UnsupportedError } from "../../errors.js";
import { readMembers } from "../../members.js";
import { shownName } from "../../quote.js";
import { type HeaderMap, mergeHeaders, type RequestBody } from "../../transport/index.js";
import { isOlder } from "../api-version.js";
import type { CallKind } from "../response-kinds.js";
import { release, takeOver, writeBody } from "./body.js";
import { knownOptions, writeParameters } from "./parameters.js";
import { writePath } from "./path.js";

/** An operation's arguments, checked and encoded; only the API version is still open. */
export interface PreparedCall {
  readonly operation: Operation;
  /** How the answer is read: the operation's kind, unless the options ask for one value instead of a stream. */
  readonly kind: CallKind;
  /** The original arguments, for an inspection of the same object. */
  readonly args: CallArguments;
  /** Whether it can be sent again: a body that is a stream cannot. */
  readonly isRepeatable: boolean;
  /** Whether no stream is wanted, so that the connection need not be upgraded. */
  readonly isDetached: boolean;
  /** Whether the API version precedes its path. */
  readonly isVersioned: boolean;
  /** Without the version. */
  readonly path: string;
  readonly query: string;
  /** null omits a header. */
  readonly headers: HeaderMap;
  readonly body: RequestBody | undefined;
  /** Names of the given options, if some are not known to every Engine. */
  readonly options: readonly string[];
  /** Names of options with several values. */
  readonly lists: readonly string[];
  readonly request: RequestOptions;
  /** When its timeout is over, on the clock of `performance.now()`. Some calls send more than one request. */
  readonly deadline?: number | undefined;
}

/** Checks and encodes everything a call sends. @throws {ArgumentError} an argument is invalid */
export function prepare(operation: Operation, args: CallArguments, request?: RequestOptions): PreparedCall {
  let body: unknown = args.body;
  takeOver(body);
  try {
    return reading(operation.id, () => {
      const options = optionsOf(operation, args);
      if (options.body !== body) takeOver(options.body);
      body = options.body;
      return write(operation, args, options, checkRequest(operation, request));
    });
  } catch (error) {
    release(body);
    throw error;
  }
}

/** Reads an operation's options once, including its body. */
function optionsOf(operation: Operation, { body, options = {} }: CallArguments): Record<string, unknown> {
  const members = readOptions(options, knownMembers(operation), (problem) => {
    throw new ArgumentError(`${operation.id}: the options ${problem}. ${howToGiveOptions(operation)}`);
  });
  return body === undefined ? members : { ...members, body };
}

/** Other clients take some options as separate arguments. */
function howToGiveOptions(operation: Operation): string {
  const required = operation.required.filter((name) => name !== "body");
  if (required.length > 0) return `Write { ${required.join(", ")} }`;
  const known = knownOptions(operation);
  return known.length === 0 ? "It has none" : `Known options: ${known.join(", ")}`;
}

/** The members that an operation's options may have. The table does not change, so they are listed once. */
function knownMembers(operation: Operation): readonly string[] {
  let members = membersOf.get(operation);
  if (!members) {
    members = [...new Set([...knownOptions(operation), "body"])];
    membersOf.set(operation, members);
  }
  return members;
}

const membersOf = new WeakMap<Operation, readonly string[]>();

const REQUEST_RULES: Rules<RequestOptions> = {
  signal: rule.signal,
  timeout: rule.limit,
  idleTimeout: rule.limit,
  headers: rule.checkedLater,
};

export function checkRequest(
  { id }: Pick<Operation, "id">,
  request: RequestOptions | undefined,
): RequestOptions {
  if (request === undefined) return {};
  const checked = checkOptions(request, REQUEST_RULES, { where: id });
  const { headers } = checked;
  return headers === undefined ? checked : { ...checked, headers: checkHeaders(headers, id) };
}

/** Checks the caller's headers; null omits one that would be sent. */
function checkHeaders(headers: NonNullable<RequestOptions["headers"]>, id: string): typeof headers {
  const copy = readMembers(headers, [], (problem) => {
    throw new ArgumentError(`${id}: the option headers ${problem}`);
  });
  Object.entries(copy).forEach(([name, value], index) => {
    const problem = headerProblem(name, value ?? "");
    const header = isHeaderName(name) ? `header ${shownName(name)}` : `header number ${index + 1}`;
    if (problem !== undefined) throw new ArgumentError(`${id}: the ${header} ${problem}`);
  });
  return copy as typeof headers;
}

function write(
  operation: Operation,
  args: CallArguments,
  options: Readonly<Record<string, unknown>>,
  request: RequestOptions,
): PreparedCall {
  const { query, headers } = writeParameters(operation, options);
  const body = writeBody(operation, options.body);
  return {
    operation,
    kind: responseKindOf(operation, options),
    args,
    isRepeatable: body === undefined || body instanceof Uint8Array,
    isDetached: (options.body as { readonly Detach?: unknown } | undefined)?.Detach === true,
    isVersioned: true,
    path: writePath(operation.path, args.path ?? {}, operation.id),
    query,
    headers: mergeHeaders(
      headers,
      operation.upgrade ? { Upgrade: operation.upgrade } : undefined,
      body === undefined || !operation.body ? undefined : { "Content-Type": operation.body },
      request.headers,
    ),
    body,
    options: operation.since ? given(options) : [],
    lists: operation.severalSince ? Object.keys(options).filter((name) => isSeveral(options[name])) : [],
    request,
  };
}

const given = (options: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(options).filter((name) => options[name] !== undefined && options[name] !== null);

/** The request of a call, in an API version. */
export const urlOf = ({ isVersioned, path, query }: PreparedCall, version: string): string =>
  `${isVersioned ? `/v${version}` : ""}${path}${query && `?${query}`}`;

/** Adds an option that is a header, unless the caller gave the header. */
export function withHeaderOption(call: PreparedCall, option: string, value: unknown): PreparedCall {
  const { headers } = writeParameters(call.operation, { [option]: value });
  return { ...call, headers: mergeHeaders(headers, call.headers) };
}

/** Applies a call's timeout, or else the client's. Infinity means none. */
export function withDefaultTimeout(call: PreparedCall, clientTimeout: number | undefined): PreparedCall {
  const { timeout = clientTimeout, idleTimeout } = call.request;
  if (timeout === undefined && idleTimeout === undefined) return call;
  const request = { ...call.request, timeout: finite(timeout), idleTimeout: finite(idleTimeout) };
  return { ...call, request, deadline: request.timeout && performance.now() + request.timeout };
}

/** The rest of a call's timeout, in whole milliseconds. */
export const timeLeft = ({ deadline }: PreparedCall): number | undefined =>
  deadline === undefined ? undefined : Math.max(1, Math.ceil(deadline - performance.now()));

const finite = (ms: number | undefined): number | undefined =>
  ms === Number.POSITIVE_INFINITY ? undefined : ms;

function responseKindOf(
  { kind, singleWhen }: Operation,
  options: Readonly<Record<string, unknown>>,
): ResponseKind {
  const isSingle = singleWhen && Object.entries(singleWhen).every(([name, value]) => options[name] === value);
  return isSingle ? "json" : kind;
}

/**
 * Refuses options that an Engine would silently ignore, because the call's version or its own lacks them.
 *
 * @throws {UnsupportedError} there is one
 */
export function refuseUnsupported(call: PreparedCall, version: string, engine: string | undefined): void {
  if (call.options.length === 0) return;
  for (const [name, since] of limited(call)) {
    if (engine !== undefined && isOlder(engine, since))
      throw unsupported(call, name, since, `speaks only ${engine}`);
    if (isOlder(version, since)) throw unsupported(call, name, since, `is called with ${version}`);
  }
}

/** Whether an Engine that ignores an option would do something unwanted. */
export const mayBeMisread = (call: PreparedCall): boolean =>
  call.operation.method !== "GET" && limited(call).length > 0;

/** The given options that not every Engine knows, each with the version that introduced it. */
const limited = ({ operation, options, lists }: PreparedCall): [name: string, since: string][] => [
  ...Object.entries(operation.since ?? {}).filter(([name]) => options.includes(name)),
  ...Object.entries(operation.severalSince ?? {})
    .filter(([name]) => lists.includes(name))
    .map(([name, since]): [string, string] => [`${name} with several values`, since]),
];

const isSeveral = (value: unknown): boolean => Array.isArray(value) && value.length > 1;

const unsupported = (
  { operation }: PreparedCall,
  option: string,
  since: string,
  engine: string,
): UnsupportedError =>
  new UnsupportedError(
    `${operation.id}: the option ${option} needs API ${since}. This Engine ${engine} and would ignore it. ` +
      "Omit the option, or update the Engine.",
  );
