import { randomUUID } from "node:crypto";

/**
 * JSON whose integers may be wider than a number can hold: those become bigints, and bigints are written as integers.
 * Everything else is as JSON.parse and JSON.stringify have it.
 */

/** Outside of a string, where digits follow one of these; inside, they seldom do. */
const LONG_DIGITS = /(?:^|[\s:,[])-?\d{16}/;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG_INTEGER = /^-?\d{16,}$/;

// No text of an Engine or a caller can hold it, so what begins with it is ours.
const MARK = `integer ${randomUUID()} `;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, "g");

/** Parses JSON; an integer that a number would round is a bigint. @throws {SyntaxError} the text is not JSON */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!LONG_DIGITS.test(text)) return value;
  let wide = false;
  const marked = text.replace(TOKEN, (token) => {
    if (!LONG_INTEGER.test(token) || Number.isSafeInteger(Number(token))) return token;
    wide = true;
    return `"${MARK}${token}"`;
  });
  return wide ? JSON.parse(marked, unmark) : value;
}

function unmark(_: string, value: unknown): unknown {
  return typeof value === "string" && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value;
}

/** Writes JSON, bigints as integers; undefined where JSON.stringify gives it. @throws {TypeError} there is a cycle */
export function writeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // There is a bigint, or it fails once more for what else is wrong.
    const text = JSON.stringify(value, (_, member) =>
      typeof member === "bigint" ? `${MARK}${member}` : member,
    );
    return text.replace(MARKED, "$1");
  }
}
