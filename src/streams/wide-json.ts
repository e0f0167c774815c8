/**
 * JSON with integers wider than a number can hold: they are parsed as bigints, and bigints are written as integers.
 * Otherwise it works like JSON.parse and JSON.stringify.
 */

/** Integers with fewer digits are exact as numbers. */
const LONG = 16;
const LONG_INTEGER = /^-?\d{16,}$/;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** The last member of an object, up to its value; only an opening quote follows a comma or brace. */
const LAST_MEMBER = /[{,]"(\w+)":-?$/;
/** Longer than any of the Engine's keys that {@link LAST_MEMBER} must match. */
const MEMBER = 64;

/** Random, so that no text of the Engine or a caller begins with it. Few programs need it, and node:crypto loads slowly. */
let randomMark: string | undefined;

function mark(): string {
  randomMark ??= `integer ${process.getBuiltinModule("node:crypto").randomUUID()} `;
  return randomMark;
}

/** Parses JSON; an integer that a number would round is a bigint. @throws {SyntaxError} the text is not JSON */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const digits = longDigits(text);
  if (digits < 0 || widenLastMember(value, text, digits)) return value;
  return widenAll(value, text);
}

/**
 * Start of the first run of 16 or more digits that, judging by its neighbours, may be an integer. Such a run covers the
 * last character of some 16-character window, so each window is searched backwards and skipped at the first non-digit.
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

/** Whether digits are an integer, judging by their neighbours; digits in a string may look like one too. */
const isInteger = (before = " ", after = " "): boolean =>
  " \t\r\n:,[-".includes(before) && " \t\r\n,}]".includes(after);

/**
 * Widens the integer at the end of a record, such as an event's `timeNano`: the brace after it and the quotes before it
 * prove that it is the last member of the outermost object. Returns whether it is.
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

/** Widens integers anywhere, by parsing the text again with wide ones in quotes. */
function widenAll(value: unknown, text: string): unknown {
  let wide = false;
  const marked = text.replace(TOKEN, (token) => {
    if (!LONG_INTEGER.test(token) || Number.isSafeInteger(Number(token))) return token;
    wide = true;
    return `"${mark()}${token}"`;
  });
  return wide ? unmark(JSON.parse(marked)) : value;
}

/** Without a reviver, which is slow, and without recursion: both fail on deep nesting. */
function unmark(value: unknown): unknown {
  const root = { value };
  const prefix = mark();
  const left: Record<string, unknown>[] = [root];
  for (let holder = left.pop(); holder; holder = left.pop()) {
    for (const key of Object.keys(holder)) {
      const member = holder[key];
      if (typeof member === "string") {
        if (member.startsWith(prefix)) holder[key] = BigInt(member.slice(prefix.length));
      } else if (typeof member === "object" && member !== null) {
        left.push(member as Record<string, unknown>);
      }
    }
  }
  return root.value;
}

/** Writes JSON, with bigints as integers; undefined where JSON.stringify is. @throws {TypeError} there is a cycle */
export function writeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // There is a bigint, or this fails again for another reason.
    const text = JSON.stringify(value, (_, member) =>
      typeof member === "bigint" ? `${mark()}${member}` : member,
    );
    return text.replace(new RegExp(`"${mark()}(-?\\d+)"`, "g"), "$1");
  }
}
