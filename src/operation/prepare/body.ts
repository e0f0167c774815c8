import type { Operation } from "#generated/operations.js";
import { isAsyncIterable } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { isObject, kindOf } from "../../members.js";
import type { RequestBody } from "../../transport/index.js";
import { NO_CALLBACK } from "../../unknown-option.js";
import { equivalentsOf, REQUEST_OPTIONS } from "./equivalents.js";
import { toJson } from "./json.js";

/** Encodes a request body: JSON as bytes, so that its length is known; bytes and streams unchanged. */
export function writeBody(operation: Operation, body: unknown): RequestBody | undefined {
  if (body === undefined || body === null) return undefined;
  const where = `${operation.id}: the body`;
  if (operation.body === "application/json") {
    const [must, holds] = operation.bodyIsList
      ? ["an array", Array.isArray(body)]
      : ["an object", isObject(body)];
    if (!holds) throw new ArgumentError(`${where} must be ${must}, not ${refused(body)}`);
    refuseStrays(operation, body);
    return Buffer.from(toJson(body, where));
  }
  if (body instanceof Uint8Array) return body;
  if (isAsyncIterable(body)) return body as AsyncIterable<Uint8Array>;
  throw new ArgumentError(
    `${where} must be a Uint8Array, a stream or an async iterable of them (${operation.body}), not ${refused(body)}`,
  );
}

/** Describes an unsuitable body. dockerode takes a callback after the last argument that is given. */
const refused = (body: unknown): string =>
  `${kindOf(body)}${typeof body === "function" ? `; ${NO_CALLBACK}` : ""}`;

/** Members that other clients take in the body alongside options that we have too. No body of the Engine has such a member. */
const HABITS: readonly string[] = [
  "hijack",
  "openStdin",
  "stdin",
  "authconfig",
  "registryconfig",
  "_query",
  "_body",
];

/** Refuses options and request settings in the body, where other clients take them and the Engine ignores them. */
function refuseStrays(operation: Operation, body: object): void {
  const { id, query } = operation;
  const refuse = (name: string, advice: string): never => {
    throw new ArgumentError(`${id}: ${name} does not belong in the body; ${advice}`);
  };
  for (const name of Object.keys(body)) {
    if (Object.hasOwn(query, name)) refuse(name, `write { ${name} } in the options, after the body`);
    if (Object.hasOwn(REQUEST_OPTIONS, name)) refuse(name, `write ${REQUEST_OPTIONS[name]}`);
    if (!HABITS.includes(name)) continue;
    const habit = equivalentsOf(operation)[name] ?? { advice: "omit it: the Engine ignores it" };
    refuse(name, typeof habit === "string" ? `write ${habit} in the options` : habit.advice);
  }
}

/**
 * Handles a stream's errors from now on: opening its file may fail before anyone reads it, and an unhandled error would
 * end the process. The stream keeps the error for its reader.
 */
export function takeOver(body: unknown): void {
  try {
    if (isPipe(body)) body.on("error", () => undefined);
  } catch {
    // Reading it fails the same way, and that error is reported.
  }
}

/**
 * Closes a stream that will not be read to its end, so that its file or connection is closed with it. Does not wait for
 * it: the stream is the caller's and may never finish closing.
 */
export function release(body: unknown): void {
  // A web stream that is being read refuses; its reader closes it.
  close(body).catch(() => undefined);
}

async function close(body: unknown): Promise<void> {
  if (isPipe(body)) await body.destroy();
  else if (isAsyncIterable(body)) {
    const { cancel, return: end } = body as { cancel?: unknown; return?: unknown };
    if (typeof cancel === "function") await cancel.call(body);
    else if (typeof end === "function") await end.call(body);
  }
}

interface Pipe {
  on(event: string, listener: () => void): unknown;
  destroy(): unknown;
}

/** Whether a body is a Node stream. It checks methods, not the class: other libraries have their own streams. */
function isPipe(body: unknown): body is Pipe {
  const { on, destroy } = (body ?? {}) as Record<string, unknown>;
  return typeof on === "function" && typeof destroy === "function";
}
