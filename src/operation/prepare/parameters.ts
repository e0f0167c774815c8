import { validateHeaderName, validateHeaderValue } from "node:http";
import type { Operation, ParameterEncoding } from "../../../generated/operations.js";
import { ArgumentError } from "../../errors.js";
import { writeJson } from "../../streams/wide-json.js";
import { writeFilters } from "./filters.js";
import type { HeaderValue } from "./headers.js";
import { secondsOf } from "./moment.js";

/** Query and header parameters as they go on the wire. */
export interface WrittenParameters {
  readonly query: string;
  readonly headers: Readonly<Record<string, HeaderValue>>;
}

/** Writes an operation's options; an option the operation does not have, or a value it cannot carry, is refused. */
export function writeParameters(
  operation: Operation,
  options: Readonly<Record<string, unknown>>,
): WrittenParameters {
  const query: string[] = [];
  const headers: Record<string, HeaderValue> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null) continue;
    // Its own only: every object has a "constructor".
    const queryEncoding = Object.hasOwn(operation.query, name) ? operation.query[name] : undefined;
    const headerEncoding = Object.hasOwn(operation.headers, name) ? operation.headers[name] : undefined;
    const where = `${operation.id}: the option ${name}`;
    if (queryEncoding) {
      for (const text of encode(queryEncoding, value, where)) {
        query.push(`${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
      }
    } else if (headerEncoding) {
      const lines = encode(headerEncoding, value, where).map((line) => checkHeader(name, line, where));
      headers[name] = headerEncoding === "repeat" ? lines : lines.join(",");
    } else if (name !== "body" || !operation.body) {
      const known = [...Object.keys(operation.query), ...Object.keys(operation.headers)].join(", ") || "none";
      throw new ArgumentError(`${where} is unknown; known are: ${known}`);
    }
  }
  const missing = operation.required.find((name) => options[name] === undefined || options[name] === null);
  if (missing)
    throw new ArgumentError(
      `${operation.id}: ${missing === "body" ? "the body" : `the option ${missing}`} is required`,
    );
  return { query: query.join("&"), headers };
}

/** Refuses what cannot stand in a header, such as a newline, before anything is sent. */
export function checkHeader(name: string, value: string, where: string): string {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch (cause) {
    // The value may be a secret, so it is not quoted.
    throw new ArgumentError(`${where}: ${(cause as Error).message}`, { cause });
  }
  return value;
}

function encode(encoding: ParameterEncoding, value: unknown, where: string): string[] {
  switch (encoding) {
    case "text":
      return [scalar(value, where)];
    case "repeat":
      return list(value).map((item) => scalar(item, where));
    case "repeat-json":
      return list(value).map((item) => json(item, where));
    case "comma":
      return [
        list(value)
          .map((item) => scalar(item, where))
          .join(","),
      ];
    case "json":
      return [json(value, where)];
    case "filters":
      return writeFilters(value, where);
    case "time":
      return [secondsOf(value, where)];
    case "base64url":
      return [paddedBase64url(json(value, where))];
  }
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function scalar(value: unknown, where: string): string {
  if (typeof value === "string" && value.isWellFormed()) return value;
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  throw new ArgumentError(`${where} must be a string, finite number or boolean, not ${describe(value)}`);
}

function json(value: unknown, where: string): string {
  if (typeof value !== "object")
    throw new ArgumentError(`${where} must be an object, not ${describe(value)}`);
  return stringify(value, where);
}

/** JSON text, or an ArgumentError that says why there is none (a cycle). */
export function stringify(value: unknown, where: string): string {
  let text: string | undefined;
  try {
    text = writeJson(value);
  } catch (cause) {
    throw new ArgumentError(
      `${where} cannot be written as JSON: ${(cause as Error).message.split("\n")[0]}`,
      {
        cause,
      },
    );
  }
  if (text === undefined)
    throw new ArgumentError(`${where} cannot be written as JSON: it is ${describe(value)}`);
  return text;
}

/** The Engine ignores credentials without padding, which Node's "base64url" leaves out. */
function paddedBase64url(text: string): string {
  return Buffer.from(text).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return "an array";
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`;
}
