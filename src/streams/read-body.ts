import { constants, isAscii } from "node:buffer";
import type { Readable } from "node:stream";
import { StreamError } from "../errors.js";
import { streamFailure } from "./body-reader.js";
import { refuseFailure } from "./podman-failure.js";
import { parseJson } from "./wide-json.js";

const MIB = 2 ** 20;
/** Limit for error pages and unexpected bodies. */
const UNWANTED_LIMIT = MIB;
/** The longest string JavaScript can hold: 512 MiB on Node. */
export const LONGEST_TEXT = constants.MAX_STRING_LENGTH;

/**
 * Reads a body that is one JSON value, with exact wide integers. The Engine never sends these empty, so an empty body
 * means that the connection was cut.
 *
 * @param limit maximum bytes; the longest possible string by default
 * @throws {StreamError} the body is empty, cut off, longer than the limit, not JSON, or a failure
 */
export async function readJsonBody(
  body: Readable,
  operation: string,
  limit = LONGEST_TEXT,
): Promise<unknown> {
  const bytes = await readBodyStart(body, operation, limit + 1);
  const text = textOf(bytes, operation, limit);
  if (text === "") throw new StreamError(`${operation}: the answer ended before its JSON began`);
  let value: unknown;
  try {
    value = parseJson(text, bytes);
  } catch (cause) {
    throw notJson(`${operation}: the Engine's answer`, cause as Error);
  }
  return refuseFailure(value, operation);
}

/** Why JSON.parse failed. V8 parses any depth; other runtimes do not. */
export function notJson(what: string, cause: Error): StreamError {
  if (cause instanceof RangeError)
    return new StreamError(`${what} is nested too deeply to be read`, { cause });
  return new StreamError(`${what} is not JSON: ${cause.message}`, { cause });
}

/**
 * Reads a body that is text.
 *
 * @param limit maximum bytes; the longest possible string by default
 * @throws {StreamError} the body is cut off or longer than the limit
 */
export async function readTextBody(body: Readable, operation: string, limit = LONGEST_TEXT): Promise<string> {
  return textOf(await readBodyStart(body, operation, limit + 1), operation, limit);
}

/**
 * Reads a body as it is.
 *
 * @param limit maximum bytes
 * @throws {StreamError} the body is cut off or longer than the limit
 */
export async function readWholeBody(
  body: Readable,
  operation: string,
  limit = LONGEST_TEXT,
): Promise<Buffer> {
  return withinLimit(await readBodyStart(body, operation, limit + 1), operation, limit);
}

const textOf = (bytes: Buffer, operation: string, limit: number): string =>
  decode(withinLimit(bytes, operation, limit));

function withinLimit(bytes: Buffer, operation: string, limit: number): Buffer {
  if (bytes.length <= limit) return bytes;
  throw new StreamError(
    `${operation}: the answer is longer than ${limit} bytes, the most that is read at once`,
  );
}

/** Most answers are ASCII; decoding it as Latin-1 takes a third of the time. */
const decode = (bytes: Buffer): string => bytes.toString(isAscii(bytes) ? "latin1" : "utf8");

/**
 * Reads the body of a failure: its JSON, or the text of another answer, such as a proxy's; 1 MiB at most. Undefined if
 * there is none.
 *
 * @throws {StreamError} the body is cut off
 */
export async function readErrorBody(body: Readable, operation: string): Promise<unknown> {
  const text = (await readBodyStart(body, operation)).toString("utf8");
  if (text === "") return undefined;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** Discards a body, so that its connection can serve the next call. @throws {StreamError} it is cut off */
export async function drainBody(body: Readable, operation: string): Promise<void> {
  await readBodyStart(body, operation);
}

/**
 * Reads a body to its end, or its first `limit` bytes (1 MiB by default) and then closes the connection. It uses events:
 * for the small bodies of most calls, an async iterator would cost more than all the rest.
 */
export function readBodyStart(body: Readable, operation: string, limit = UNWANTED_LIMIT): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let received = 0;
    const fail = (error: unknown): void => reject(streamFailure(error, operation, received));
    const finish = (): void => {
      const [only] = chunks;
      const whole = chunks.length === 1 && only ? only : Buffer.concat(chunks);
      resolve(received > limit ? whole.subarray(0, limit) : whole);
    };
    body.on("data", (chunk: Buffer) => {
      if (received >= limit) return;
      chunks.push(chunk);
      received += chunk.length;
      if (received < limit) return;
      finish();
      body.destroy();
    });
    body.on("end", finish);
    body.on("error", fail);
    // Checked first: an unneeded error would be the most expensive part of a small call.
    body.on("close", () => body.readableEnded || received >= limit || fail(new Error("premature close")));
    // A body that broke before anyone read it emits no more events.
    if (body.errored) fail(body.errored);
    else if (body.destroyed && !body.readableEnded) fail(new Error("premature close"));
  });
}
