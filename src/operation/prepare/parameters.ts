import type { Operation, ParameterEncoding } from "#generated/operations.js";
import { describe, headerProblem } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { isObject, kindOf } from "../../members.js";
import { platformText, readPlatform } from "../../platform.js";
import { quote, shownName } from "../../quote.js";
import { isSecret } from "../../secrets.js";
import type { RequestHeaders } from "../../transport/index.js";
import { unknownOption } from "../../unknown-option.js";
import { equivalentsOf } from "./equivalents.js";
import { writeFilters } from "./filters.js";
import { toJson } from "./json.js";
import { readLogin, readLogins } from "./login.js";
import { secondsOf } from "./moment.js";

/** Query and header parameters as sent. */
export interface WrittenParameters {
  readonly query: string;
  readonly headers: RequestHeaders;
}

/** An option with everything its encoding and messages need. */
interface Option {
  readonly name: string;
  readonly value: unknown;
  readonly operation: string;
  /** Prefix of messages. */
  readonly where: string;
}

/** Names of an operation's options, including an optional body. */
export const knownOptions = ({ body, query, headers, required }: Operation): string[] => [
  ...Object.keys(query),
  ...Object.keys(headers),
  ...(body && !required.includes("body") ? ["body"] : []),
];

/** Encodes an operation's options. @throws {ArgumentError} an option is unknown, missing or has an invalid value */
export function writeParameters(
  operation: Operation,
  options: Readonly<Record<string, unknown>>,
): WrittenParameters {
  const query: string[] = [];
  const headers: Record<string, string | string[]> = {};
  for (const name in options) {
    const value = options[name];
    if (name === "body" && operation.body) continue;
    const option = { name, value, operation: operation.id, where: `${operation.id}: the option ${name}` };
    // Own properties only: every object has a "constructor".
    const queryEncoding = Object.hasOwn(operation.query, name) ? operation.query[name] : undefined;
    const headerEncoding = Object.hasOwn(operation.headers, name) ? operation.headers[name] : undefined;
    if (!queryEncoding && !headerEncoding) {
      const problem = unknownOption(name, knownOptions(operation), equivalentsOf(operation));
      throw new ArgumentError(`${operation.id}: ${problem}`);
    }
    if (value === undefined || value === null) continue;
    if (queryEncoding) {
      for (const text of encodeOption(queryEncoding, option)) {
        // The names in the table need no escaping.
        query.push(`${name}=${encodeURIComponent(text)}`);
      }
    } else if (headerEncoding) {
      const lines = encodeOption(headerEncoding, option).map((line) => checkedLine(line, option));
      headers[name] = headerEncoding === "repeat" ? lines : lines.join(",");
    }
  }
  const missing = operation.required.find((name) => options[name] === undefined || options[name] === null);
  if (missing) {
    const what = missing === "body" ? "the body" : `the option ${missing}`;
    throw new ArgumentError(`${operation.id}: ${what} is required`);
  }
  return { query: query.join("&"), headers };
}

/**
 * Encodes the query of `docker.request`, by the kind of each value: lists are repeated, objects are JSON.
 *
 * @throws {ArgumentError} a value is invalid
 */
export function writeQuery(query: Readonly<Record<string, unknown>>, operation: string): string {
  const written: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (name === "" || !name.isWellFormed())
      throw new ArgumentError(`${operation}: the query has the name ${quote(name)}; give it one`);
    if (value === undefined || value === null) continue;
    const option = { name, value, operation, where: `${operation}: the query's ${shownName(name)}` };
    for (const text of encode(encodingFor(name, value), option)) {
      written.push(`${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
    }
  }
  return written.join("&");
}

/** The encoding of a value in such a query. */
export function encodingFor(name: string, value: unknown): ParameterEncoding {
  if (name === "filters") return "filters";
  if (Array.isArray(value)) return value.some(isObject) ? "repeat-json" : "repeat";
  return isObject(value) && !(value instanceof Date) ? "json" : "text";
}

/** Refuses characters a header cannot hold, such as a newline. The value may be a secret, so it is not quoted. */
function checkedLine(line: string, { name, where }: Option): string {
  if (headerProblem(name, line) === undefined) return line;
  throw new ArgumentError(`${where} has a value that HTTP does not allow in a header (not shown)`);
}

const encodeOption = (encoding: ParameterEncoding, option: Option): string[] =>
  option.name === "platform" || option.name === "platforms"
    ? encodePlatforms(encoding, option)
    : encode(encoding, option);

function encode(encoding: ParameterEncoding, option: Option): string[] {
  const { name, value, where } = option;
  switch (encoding) {
    case "text":
      return [scalar(value, option)];
    case "repeat":
      return list(value).map((item) => scalar(item, option));
    case "repeat-json":
      return list(value).map((item) => json(item, option));
    case "comma":
      return [
        list(value)
          .map((item) => scalar(item, option))
          .join(","),
      ];
    case "json":
      return [json(value, option)];
    case "filters":
      return writeFilters(value, where);
    case "time":
      return [secondsOf(value as string, where)];
    case "base64url":
      return [
        paddedBase64url(toJson((name === "X-Registry-Config" ? readLogins : readLogin)(value, where), where)),
      ];
  }
}

/** The Engine takes some platforms as text and some as JSON, where it ignores unknown members. */
function encodePlatforms(encoding: ParameterEncoding, { value, operation, ...option }: Option): string[] {
  if (list(value).length === 0 && option.name === "platform")
    throw new ArgumentError(`${option.where} is an empty list: name a platform, or omit the option`);
  if (list(value).length > 1 && encoding !== "repeat-json")
    throw new ArgumentError(`${option.where} takes one platform, not ${list(value).length}`);
  return list(value).map((item) => {
    if (encoding !== "text") return toJson(readPlatform(item as string, operation), option.where);
    return isObject(item)
      ? platformText(readPlatform(item as never, operation))
      : scalar(item, { ...option, value, operation });
  });
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Describes a value, or only its type if it may be a secret. */
const shown = (value: unknown, { name }: Option): string =>
  isSecret(name) ? kindOf(value) : describe(value);

function scalar(value: unknown, option: Option): string {
  if (typeof value === "string" && value.isWellFormed()) return value;
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  throw new ArgumentError(
    `${option.where} must be a string, finite number or boolean, not ${shown(value, option)}`,
  );
}

function json(value: unknown, option: Option): string {
  if (typeof value === "object") return toJson(value, option.where);
  throw new ArgumentError(`${option.where} must be an object, not ${shown(value, option)}`);
}

/** The Engine ignores credentials without padding, which Node's "base64url" omits. */
function paddedBase64url(text: string): string {
  return Buffer.from(text).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
