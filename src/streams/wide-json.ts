import { randomUUID } from "node:crypto";

/**
 * JSON whose integers may be wider than a number can hold: those become bigints, and bigints are written as integers.
 * Everything else is as JSON.parse and JSON.stringify have it.
 */

/** Every integer of fewer digits is exact as a number. */
const LONG = 16;
const LONG_INTEGER = /^-?\d{16,}$/;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** The last member of an object, up to its value; only an opening quote follows a comma or brace. */
const LAST_MEMBER = /[{,]"(\w+)":-?$/;
/** Longer than any key of the Engine's that {@link LAST_MEMBER} has to find. */
const MEMBER = 64;

// No text of an Engine or a caller can hold it, so what begins with it is ours.
const MARK = `integer ${randomUUID()} `;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, "g");

/** Parses JSON; an integer that a number would round is a bigint. @throws {SyntaxError} the text is not JSON */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const digits = longDigits(text);
  if (digits < 0 || widenLastMember(value, text, digits)) return value;
  return widenAll(value, text);
}

/**
 * Where the first run of 16 digits or more begins that may be an integer, by what stands around it. As such a run fills
 * any window of 16 characters at some place, the search goes backwards through a window and skips one that has another
 * character.
 */
function longDigits(text: string): number {
  for (let last = LONG - 1; last < text.length; ) {
    let at = last;
    while (at > last - LONG && isDigit(text.charCodeAt(at))) at -= 1;
    if (at > last - LONG) {
      last = at + LONG;
      continue;
    }
    // Further back there is no digit: the window before this one would have begun with it.
    let end = last + 1;
    while (end < text.length && isDigit(text.charCodeAt(end))) end += 1;
    if (isInteger(text[at], text[end])) return at + 1;
    last = end + LONG;
  }
  return -1;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Whether digits are an integer, to judge by their neighbours; those in a string may seem so too. */
const isInteger = (before = " ", after = " "): boolean =>
  " \t\r\n:,[-".includes(before) && " \t\r\n,}]".includes(after);

/**
 * Widens the integer that ends a record, as `timeNano` does in each event: the braces that follow it and the quotes
 * before it prove that it is the last member of the outermost object. Tells whether it was so.
 */
function widenLastMember(value: unknown, text: string, digits: number): boolean {
  const end = text.length - 1;
  if (text[end] !== "}") return false;
  for (let at = digits + LONG; at < end; at += 1) if (!isDigit(text.charCodeAt(at))) return false;
  const [before, key] = LAST_MEMBER.exec(text.slice(Math.max(0, digits - MEMBER), digits)) ?? [];
  if (before === undefined || key === undefined) return false;
  const object = value as Record<string, unknown>;
  if (!Number.isSafeInteger(object[key])) {
    object[key] = BigInt(text.slice(before.endsWith("-") ? digits - 1 : digits, end));
  }
  return true;
}

/** Widens integers wherever they stand, by parsing the text once more with those in quotes. */
function widenAll(value: unknown, text: string): unknown {
  let wide = false;
  const marked = text.replace(TOKEN, (token) => {
    if (!LONG_INTEGER.test(token) || Number.isSafeInteger(Number(token))) return token;
    wide = true;
    return `"${MARK}${token}"`;
  });
  return wide ? unmark(JSON.parse(marked)) : value;
}

/** Not by a reviver, and not by recursion: one is slow, and both fail on what is nested deeply. */
function unmark(value: unknown): unknown {
  const root = { value };
  const left: Record<string, unknown>[] = [root];
  for (let holder = left.pop(); holder; holder = left.pop()) {
    for (const key of Object.keys(holder)) {
      const member = holder[key];
      if (typeof member === "string") {
        if (member.startsWith(MARK)) holder[key] = BigInt(member.slice(MARK.length));
      } else if (typeof member === "object" && member !== null) {
        left.push(member as Record<string, unknown>);
      }
    }
  }
  return root.value;
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
