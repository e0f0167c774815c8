import { isDeepStrictEqual } from "node:util";
import type { Operation, ParameterEncoding } from "#generated/operations.js";
import { ArgumentError } from "../errors.js";
import { writeParameters, writePath } from "../operation/index.js";
import { readPlatform } from "../platform.js";
import { redactUrl } from "../secrets.js";
import { parseJson, writeJson } from "../streams/index.js";
import { bodyDifference } from "./expected-body.js";
import { type MockedCall, methodOf } from "./mocked-call.js";

/** The call a mock expects. Its parameters are encoded like the SDK's, and compared encoded. */
export class ExpectedCall {
  readonly operation: Operation;
  readonly #path: string | undefined;
  readonly #query: URLSearchParams;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #body: unknown;

  /**
   * `args` has path parameters, options and the body by name.
   *
   * @throws {ArgumentError} the operation has no such parameter, or a value is invalid
   */
  constructor(operation: Operation, args: Readonly<Record<string, unknown>>) {
    this.operation = operation;
    const names = [...operation.path.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
    const { body, ...options } = Object.fromEntries(
      Object.entries(args).filter(([name, value]) => !names.includes(name) && value !== undefined),
    );
    const given = names.filter((name) => args[name] !== undefined);
    if (given.length > 0 && given.length < names.length) {
      throw new ArgumentError(`${operation.id}: a mock needs all of ${names.join(", ")}, or none`);
    }
    const isPathKnown = given.length === names.length;
    this.#path = isPathKnown ? writePath(operation.path, args, operation.id) : undefined;
    // A mock may omit what a call requires.
    const written = writeParameters({ ...operation, required: [] }, withPlatform(operation, options));
    this.#query = new URLSearchParams(written.query);
    this.#headers = Object.fromEntries(
      Object.entries(written.headers).map(([name, value]) => [name, [value].flat().join(", ")]),
    );
    checkBody(operation, body);
    this.#body = body;
  }

  /** How a call differs from this one; empty if it does not. Possible secrets are not shown. */
  differences({ operation, method, path, query, headers, body }: MockedCall): string[] {
    if (operation !== methodOf(this.operation.id)) return [`${operation} was called`];
    const found: string[] = [];
    if (method !== this.operation.method) found.push(`the method is ${method}, not ${this.operation.method}`);
    if (this.#path !== undefined && path !== this.#path) found.push(`the path is ${path}, not ${this.#path}`);
    for (const name of new Set(this.#query.keys())) {
      const expected = this.#query.getAll(name);
      const seen = query.getAll(name);
      if (
        isDeepStrictEqual(
          readAll(this.operation.query[name], seen),
          readAll(this.operation.query[name], expected),
        )
      )
        continue;
      const is = seen.length > 0 ? `is ${shownValues(name, seen)}` : "is not given";
      found.push(`${name} ${is}, not ${shownValues(name, expected)}`);
    }
    for (const [name, expected] of Object.entries(this.#headers)) {
      const seen = headers[name.toLowerCase()];
      const encoding = this.operation.headers[name];
      if (seen !== undefined && isDeepStrictEqual(read(encoding, seen), read(encoding, expected))) continue;
      // A header may hold a login.
      found.push(`the header ${name} is ${seen === undefined ? "not given" : "another"}`);
    }
    const difference = this.#body === undefined ? undefined : bodyDifference(body, this.#body);
    return difference === undefined ? found : [...found, difference];
  }

  toString(): string {
    const { id, method, path } = this.operation;
    return `${methodOf(id)}: ${method} ${shownUrl(this.#path ?? path, this.#query)}`;
  }
}

/** Formats a path and query for a message: unescaped, without secrets. */
export function shownUrl(path: string, query: URLSearchParams): string {
  const text = query.toString();
  return text === "" ? path : decodeURIComponent(redactUrl(`${path}?${text}`).replaceAll("+", " "));
}

/** The values of one query parameter, without secrets. */
function shownValues(name: string, values: readonly string[]): string {
  const urls = values.map((value) => shownUrl("", new URLSearchParams({ [name]: value })));
  return urls.map((url) => url.slice(`?${name}=`.length)).join(", ");
}

/** A platform that is sent as JSON may also be "os/arch[/variant]". */
function withPlatform({ id, query }: Operation, options: Readonly<Record<string, unknown>>) {
  const { platform } = options;
  if (query.platform !== "json" || typeof platform !== "string") return options;
  return { ...options, platform: readPlatform(platform, id) };
}

const readAll = (encoding: ParameterEncoding | undefined, values: readonly string[]): unknown[] =>
  values.map((value) => read(encoding, value));

/** JSON is compared by value, so that key order does not matter; everything else as text. */
function read(encoding: ParameterEncoding | undefined, text: string): unknown {
  switch (encoding) {
    case "json":
    case "repeat-json":
    case "filters":
      return parseJson(text);
    case "base64url":
      return parseJson(Buffer.from(text, "base64url").toString("utf8"));
    default:
      return text;
  }
}

function checkBody({ id, body: type }: Operation, expected: unknown): void {
  if (expected === undefined || typeof expected === "function") return;
  if (type !== "application/json") {
    if (expected instanceof Uint8Array) return;
    throw new ArgumentError(`${id}: the body that a mock expects must be a Uint8Array or a function`);
  }
  try {
    writeJson(expected);
  } catch (cause) {
    const [reason] = (cause as Error).message.split("\n", 1);
    throw new ArgumentError(`${id}: the body that a mock expects is not JSON: ${reason}`, { cause });
  }
}
