import { isObject } from "../members.js";
import { parseJson } from "../streams/index.js";

/** Patterns of text that differs from run to run: IDs, times, durations, addresses, and names that the Engine makes up. */
const VOLATILE_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{12,64}\b/g, "<id>"],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, "<time>"],
  [/\b(?:\d+|an?|about an?|less than a) (?:second|minute|hour|day|week|month|year)s?\b/gi, "<span>"],
  [/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi, "<address>"],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, "<address>"],
  [/(?<![\w-])[a-z]+_[a-z]+\d?(?![\w-])/g, "<name>"],
];

/** Members whose numbers differ from run to run: times, sizes, counts, process IDs and ports. */
const VOLATILE_NUMBER =
  /^(?:Created|Pid|N[A-Z]\w*|MemTotal|Containers\w*|Images|Index|PublicPort|HostPort|total|current|id|\w*(?:Size|Time|time|Nano|Count|Bytes|Usage|size|mtime)\w*)$/;

/** Text without the parts that differ from run to run. */
export function settled(text: string): string {
  return VOLATILE_TEXT.reduce((all, [pattern, name]) => all.replace(pattern, name), text);
}

/** How a body differs from the recorded one, apart from anything that differs from run to run. */
export function bodyDrift(recorded: Buffer, seen: Buffer, type: string): string[] {
  if (/tar\b|octet-stream/.test(type)) return [];
  if (!/\bjson\b/.test(type)) {
    return settled(payload(recorded)) === settled(payload(seen)) ? [] : ["the output differs"];
  }
  const [before, now] = [recordsOf(recorded), recordsOf(seen)];
  if (before.length === 1 && now.length === 1) return valueDrift(before[0], now[0], "body");
  // The number of progress records is a matter of chance.
  const [known, found] = [new Set(before.map(kindOf)), new Set(now.map(kindOf))];
  return [
    ...[...known].filter((kind) => !found.has(kind)).map((kind) => `no record has ${kind}`),
    ...[...found].filter((kind) => !known.has(kind)).map((kind) => `a record has ${kind}`),
  ];
}

function recordsOf(bytes: Buffer): unknown[] {
  const text = bytes.toString().trim();
  if (text === "") return [];
  try {
    return [parseJson(text)];
  } catch {
    return text.split(/\r?\n/).flatMap((line) => {
      try {
        return [parseJson(line)];
      } catch {
        return [line];
      }
    });
  }
}

/** The members of a record, and its subject. */
function kindOf(record: unknown): string {
  if (!isObject(record)) return typeof record;
  const { Type, Action } = record;
  const about = [Type, Action].filter((value) => typeof value === "string").join(" ");
  return `${about && `${settled(about)}: `}${Object.keys(record).sort().join(", ")}`;
}

/** Output without the headers of its frames. */
function payload(bytes: Buffer): string {
  const streams = ["", "", "", ""];
  for (let at = 0; at < bytes.length; ) {
    const stream = bytes[at] as number;
    if (bytes.length - at < 8 || stream > 3 || bytes.readUIntBE(at + 1, 3) !== 0) return bytes.toString();
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    streams[stream] += bytes.toString("utf8", at + 8, end);
    at = end;
  }
  return streams.join("\n");
}

function valueDrift(recorded: unknown, seen: unknown, place: string): string[] {
  if (Array.isArray(recorded) && Array.isArray(seen)) {
    if (recorded.length !== seen.length) return [`${place} has ${seen.length} items, not ${recorded.length}`];
    return recorded.flatMap((item, at) => valueDrift(item, seen[at], `${place}[${at}]`));
  }
  if (isObject(recorded) && isObject(seen)) {
    return [...membersOf(recorded, seen)].flatMap(([name, key, now]) => {
      if (key === undefined) return [`${place}.${name} is new`];
      if (now === undefined) return [`${place}.${name} is missing`];
      if (isNumber(recorded[key]) && isNumber(seen[now]) && VOLATILE_NUMBER.test(name)) return [];
      return valueDrift(recorded[key], seen[now], `${place}.${name}`);
    });
  }
  if (typeof recorded === "string" && typeof seen === "string") {
    // Either may be the mask of a secret.
    if (settled(recorded) === settled(seen) || recorded.includes("***")) return [];
  } else if (Object.is(recorded, seen)) return [];
  return [`${place} is ${shown(seen)}, not ${shown(recorded)}`];
}

/** Wide integers are bigints. */
const isNumber = (value: unknown): boolean => typeof value === "number" || typeof value === "bigint";

/** The members of both. Their names may be volatile too, as in a map by ID. */
function* membersOf(
  recorded: object,
  seen: object,
): Generator<[name: string, recorded: string | undefined, seen: string | undefined]> {
  const now = new Map(Object.keys(seen).map((key) => [settled(key), key]));
  for (const key of Object.keys(recorded)) {
    const name = settled(key);
    yield [name, key, now.get(name)];
    now.delete(name);
  }
  for (const [name, key] of now) yield [name, undefined, key];
}

/** Values of answers may be secrets only where they are masked already; long ones are cut. */
function shown(value: unknown): string {
  if (value !== null && typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** Notes which new ID stands for which recorded one: those at the same place. */
export function learnIds(recorded: unknown, seen: unknown, ids: Map<string, string>): void {
  if (typeof recorded === "string" && typeof seen === "string") {
    const [before, now] = [recorded, seen].map((text) => /^(?:sha256:)?([0-9a-f]{64})$/.exec(text)?.[1]);
    if (before && now) ids.set(before, now).set(before.slice(0, 12), now.slice(0, 12));
  } else if (isComposite(recorded) && isComposite(seen)) {
    for (const [name, value] of Object.entries(recorded)) {
      if (Object.hasOwn(seen, name)) learnIds(value, seen[name], ids);
    }
  }
}

/** An object or a list. */
const isComposite = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** The values of a JSON body, for {@link learnIds}. */
export const valuesOf = (bytes: Buffer): unknown => recordsOf(bytes);

/** Text with the new IDs. */
export const withIds = (text: string, ids: ReadonlyMap<string, string>): string =>
  text.replace(/\b(?:[0-9a-f]{64}|[0-9a-f]{12})\b/g, (id) => ids.get(id) ?? id);
