import type { CallArguments, RequestOptions } from "../../../generated/client.js";
import type { Operation } from "../../../generated/operations.js";
import { isDuration, LONGEST_MS } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import type { RequestBody } from "../../transport/index.js";
import { isOlder } from "../api-version.js";
import { writeBody } from "./body.js";
import { type HeaderMap, mergeHeaders } from "./headers.js";
import { checkHeader, writeParameters } from "./parameters.js";
import { writePath } from "./path.js";

/** An operation's arguments, checked and written; only the API version is still open. */
export interface WrittenCall {
  readonly operation: Operation;
  /** Without the version. */
  readonly path: string;
  readonly query: string;
  /** null leaves a header out. */
  readonly headers: HeaderMap;
  readonly body: RequestBody | undefined;
  /** The options given, by name. */
  readonly options: readonly string[];
  readonly request: RequestOptions;
}

/** Checks and writes everything a call sends. @throws {ArgumentError} something of it cannot be sent */
export function writeCall(operation: Operation, args: CallArguments, request: RequestOptions): WrittenCall {
  const options: Readonly<Record<string, unknown>> =
    args.body === undefined ? { ...args.options } : { ...args.options, body: args.body };
  const { query, headers } = writeParameters(operation, options);
  const body = writeBody(operation, options.body);
  checkTimeout(operation, request.timeout);
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (value !== null) checkHeader(name, value, `${operation.id}: the header ${name}`);
  }
  return {
    operation,
    path: writePath(operation.path, args.path ?? {}, operation.id),
    query,
    headers: mergeHeaders(
      operation.upgrade ? { Upgrade: operation.upgrade } : {},
      headers,
      body === undefined || !operation.body ? {} : { "Content-Type": operation.body },
      request.headers ?? {},
    ),
    body,
    options: Object.keys(options).filter((name) => options[name] !== undefined && options[name] !== null),
    request,
  };
}

/** Refuses options that an Engine of an older version would silently ignore. */
export function refuseUnsupported({ operation, options }: WrittenCall, version: string): void {
  for (const [name, since] of Object.entries(operation.since ?? {})) {
    if (!options.includes(name) || !isOlder(version, since)) continue;
    throw new ArgumentError(
      `${operation.id}: the option ${name} needs API ${since}, and this Engine is spoken to with ${version}; ` +
        "it would ignore the option. Leave it out, or update the Engine.",
    );
  }
}

function checkTimeout({ id }: Operation, timeout: number | undefined): void {
  if (timeout === undefined || isDuration(timeout)) return;
  throw new ArgumentError(
    `${id}: timeout must be a positive number of milliseconds, ${LONGEST_MS} at most, not ${timeout}`,
  );
}
