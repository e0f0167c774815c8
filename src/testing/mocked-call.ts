import { isDeepStrictEqual } from "node:util";
import type { Operation } from "../../generated/operations.js";
import { ArgumentError } from "../errors.js";
import type { HeaderValue } from "../operation/prepare/headers.js";
import { writeParameters } from "../operation/prepare/parameters.js";
import { writePath } from "../operation/prepare/path.js";
import { readPlatform } from "../operation/prepare/platform.js";

/** A request as a mock sees it. */
export interface SeenRequest {
  readonly method: string;
  /** Without the version. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** JSON as its value, other bodies as text; undefined if there is none. */
  readonly body: unknown;
}

const PARAMETER = /\{([^}]+)\}/g;

/** The path parameters of an operation. */
export const pathParameters = ({ path }: Operation): string[] =>
  [...path.matchAll(PARAMETER)].map(([, name = ""]) => name);

/** Whether a path is one of an operation's. */
export function isPathOf({ path }: Operation, seen: string): boolean {
  const pattern = path
    .split(PARAMETER)
    .map((part, index) => (index % 2 ? ".+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")))
    .join("");
  return new RegExp(`^${pattern}$`).test(seen);
}

/** What a mock waits for, written as the SDK itself would write it, so that both are compared on the wire. */
export class ExpectedCall {
  readonly operation: Operation;
  readonly #path: string | undefined;
  readonly #query: URLSearchParams;
  readonly #headers: Readonly<Record<string, HeaderValue>>;
  readonly #body: unknown;

  constructor(operation: Operation, args: Readonly<Record<string, unknown>>) {
    this.operation = operation;
    const names = pathParameters(operation);
    const { body, ...options } = Object.fromEntries(
      Object.entries(args).filter(([name, value]) => !names.includes(name) && value !== undefined),
    );
    const given = names.filter((name) => args[name] !== undefined);
    if (given.length > 0 && given.length < names.length) {
      throw new ArgumentError(`${operation.id}: a mock needs all of ${names.join(", ")}, or none`);
    }
    this.#path = given.length === names.length ? writePath(operation.path, args, operation.id) : undefined;
    // What a call requires, a mock may leave open.
    const written = writeParameters({ ...operation, required: [] }, withPlatform(operation, options));
    this.#query = new URLSearchParams(written.query);
    this.#headers = written.headers;
    this.#body = body;
  }

  /** How a request differs from what is expected; empty if it does not. */
  differences({ method, path, query, headers, body }: SeenRequest): string[] {
    const { operation } = this;
    if (method !== operation.method) return [`the method is ${method}, not ${operation.method}`];
    if (!isPathOf(operation, path)) return [`the path ${path} is not ${operation.path}`];
    const found: string[] = [];
    if (this.#path !== undefined && path !== this.#path) found.push(`the path is ${path}, not ${this.#path}`);
    for (const name of new Set(this.#query.keys())) {
      const wanted = this.#query.getAll(name);
      const seen = query.getAll(name);
      if (!isDeepStrictEqual(seen.map(value), wanted.map(value))) {
        found.push(`${name} is ${seen.join(", ") || "not given"}, not ${wanted.join(", ")}`);
      }
    }
    for (const [name, wanted] of Object.entries(this.#headers)) {
      // A header may hold a login: it is not shown.
      if (headers[name.toLowerCase()] !== [wanted].flat().join(", "))
        found.push(`the header ${name} is another`);
    }
    if (this.#body !== undefined && !isDeepStrictEqual(body, plain(this.#body))) {
      found.push(`the body is ${show(body)}, not ${show(this.#body)}`);
    }
    return found;
  }

  toString(): string {
    const { id, method, path } = this.operation;
    const query = this.#query.toString();
    const what = `${method} ${this.#path ?? path}${query ? `?${decodeURIComponent(query)}` : ""}`;
    return `${id}: ${what}${this.#body === undefined ? "" : ` ${show(this.#body)}`}`;
  }
}

/** A platform that goes out as JSON may be given as "os/arch[/variant]". */
function withPlatform({ id, query }: Operation, options: Readonly<Record<string, unknown>>) {
  const { platform } = options;
  if (query.platform !== "json" || typeof platform !== "string") return options;
  return { ...options, platform: readPlatform(platform, id) };
}

/** JSON is compared by value: the order of keys does not matter. */
function value(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A body as it comes out of JSON: without undefined members; bytes as text. */
function plain(body: unknown): unknown {
  if (body instanceof Uint8Array) return Buffer.from(body).toString("utf8");
  return JSON.parse(JSON.stringify(body));
}

function show(body: unknown): string {
  if (body === undefined) return "not given";
  const text = typeof body === "string" ? body : (JSON.stringify(plain(body)) ?? String(body));
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
