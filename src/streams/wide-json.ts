/**
 * JSON with integers wider than a number can hold: they are parsed as bigints, and bigints are written as integers.
 * Otherwise it works like JSON.parse and JSON.stringify.
 */

/** Integers with fewer digits are exact as numbers. */
const LONG = 16;
/** Characters that may surround an integer; digits in a string may look like one, too. */
const [BEFORE, AFTER] = [" \t\r\n:,[-", " \t\r\n,}]"].map(
  (bytes) => new Set<number | undefined>(Buffer.from(bytes)),
) as [Set<number | undefined>, Set<number | undefined>];
const CLOSE_OBJECT = 0x7d;
const LONG_INTEGER = /^-?\d{16,}$/;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** A member of an object, up to its value: within a string, no quote would follow a comma or brace. */
const MEMBER = /[{,]"(\w+)":-?$/;
/** Longer than any of the Engine's keys that {@link MEMBER} must match. */
const LONGEST_MEMBER = 64;

/** Random, so that no text of the Engine or a caller begins with it. Few programs need it, and node:crypto loads slowly. */
let randomMark: string | undefined;

function mark(): string {
  randomMark ??= `integer ${process.getBuiltinModule("node:crypto").randomUUID()} `;
  return randomMark;
}

/**
 * Parses JSON; an integer that a number would round is a bigint. If the text's bytes are at hand, from `from` to `to` in
 * `bytes`, they are searched for long integers: that is faster than searching the text.
 *
 * @throws {SyntaxError} the text is not JSON
 */
export function parseJson(
  text: string,
  bytes: Uint8Array = Buffer.from(text),
  from = 0,
  to = bytes.length,
): unknown {
  const value: unknown = JSON.parse(text);
  const digits = longDigits(bytes, from, to);
  if (digits < 0) return value;
  if (isAtEnd(bytes, digits, to) && widenLastMember(value, text, to - digits)) return value;
  const members = wideMembers(bytes, digits, to);
  if (members && widenMembers(value, members)) return value;
  return widenAll(value, text);
}

/**
 * Start of the first run of 16 or more digits that, judging by its neighbours, may be an integer. Such a run covers the
 * last byte of some window of 16, so each window is searched backwards and skipped at the first non-digit.
 */
function longDigits(bytes: Uint8Array, from: number, to: number): number {
  for (let last = from + LONG - 1; last < to; ) {
    let at = last;
    while (at > last - LONG && isDigit(bytes[at])) at -= 1;
    if (at > last - LONG) {
      last = at + LONG;
      continue;
    }
    // No digit precedes it: the window before this one would have begun with it.
    const end = endOfDigits(bytes, last + 1, to);
    const isInteger = (at < from || BEFORE.has(bytes[at])) && (end === to || AFTER.has(bytes[end]));
    if (isInteger) return at + 1;
    last = end + LONG;
  }
  return -1;
}

const isDigit = (byte = 0): boolean => byte >= 0x30 && byte <= 0x39;

function endOfDigits(bytes: Uint8Array, from: number, to: number): number {
  let end = from;
  while (end < to && isDigit(bytes[end])) end += 1;
  return end;
}

/** Whether nothing but a brace follows some digits. */
function isAtEnd(bytes: Uint8Array, digits: number, to: number): boolean {
  const end = endOfDigits(bytes, digits + LONG, to);
  return end === to - 1 && bytes[end] === CLOSE_OBJECT;
}

/** The last member of the record before, up to its value, and its key: the records of a stream are alike. */
let usual = { member: "", key: "" };

/**
 * Widens the integer at the end of a record, such as an event's `timeNano`: the brace after it and the quotes before it
 * prove that it is the last member of the outermost object. Its digits begin `back` characters before the end. Returns
 * whether it is.
 */
function widenLastMember(value: unknown, text: string, back: number): boolean {
  const digits = text.length - back;
  if (usual.key === "" || !text.startsWith(usual.member, digits - usual.member.length)) {
    const [member, key] = MEMBER.exec(text.slice(Math.max(0, digits - LONGEST_MEMBER), digits)) ?? [];
    if (member === undefined || key === undefined) return false;
    usual = { member, key };
  }
  const { member, key } = usual;
  const object = value as Record<string, unknown>;
  if (!Number.isSafeInteger(object[key])) {
    object[key] = BigInt(text.slice(member.endsWith("-") ? digits - 1 : digits, -1));
  }
  return true;
}

/** An integer that a number would round, and how many members of its key have it. */
interface WideInteger {
  readonly value: bigint;
  count: number;
}

/** Members as they are found again in the parsed value: by their key and the rounded number. */
type WideMembers = Map<string, WideInteger>;
const memberId = (key: string, rounded: number): string => `${key} ${rounded}`;

/** The members with wide integers, of which the first begins at `digits`. Undefined if one may be something else. */
function wideMembers(bytes: Uint8Array, digits: number, to: number): WideMembers | undefined {
  const members: WideMembers = new Map();
  for (let start = digits, end = 0; start >= 0; start = longDigits(bytes, end, to)) {
    end = endOfDigits(bytes, start + LONG, to);
    const before = latin1(bytes, Math.max(0, start - LONGEST_MEMBER), start);
    const [member, key] = MEMBER.exec(before) ?? [];
    if (member === undefined || key === undefined) return undefined;
    const integer = latin1(bytes, member.endsWith("-") ? start - 1 : start, end);
    const rounded = Number(integer);
    if (Number.isSafeInteger(rounded)) continue;
    const id = memberId(key, rounded);
    const value = BigInt(integer);
    const known = members.get(id);
    if (known && known.value !== value) return undefined;
    members.set(id, { value, count: (known?.count ?? 0) + 1 });
  }
  return members;
}

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1");

/** Replaces the members in a parsed value. Returns whether each was found: of two with the same key, JSON.parse drops one. */
function widenMembers(value: unknown, members: WideMembers): boolean {
  if (members.size === 0) return true;
  const left: object[] = [value as object];
  for (let holder = left.pop(); holder; holder = left.pop()) {
    if (Array.isArray(holder)) {
      for (const item of holder) if (typeof item === "object" && item !== null) left.push(item);
      continue;
    }
    const object = holder as Record<string, unknown>;
    for (const key in object) {
      const member = object[key];
      if (typeof member === "object") {
        if (member !== null) left.push(member);
      } else if (typeof member === "number" && !Number.isSafeInteger(member)) {
        const wide = members.get(memberId(key, member));
        if (!wide) continue;
        object[key] = wide.value;
        wide.count -= 1;
      }
    }
  }
  return [...members.values()].every(({ count }) => count === 0);
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
