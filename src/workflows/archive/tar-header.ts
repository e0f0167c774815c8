import { type BytePath, bytePath } from "./byte-path.js";

/** Bytes of a block, the unit of a tar. */
export const BLOCK = 512;

/** Types of entries, by the letter in the header. */
const TYPES = {
  "0": "file",
  "1": "link",
  "2": "symlink",
  "3": "character-device",
  "4": "block-device",
  "5": "directory",
  "6": "fifo",
} as const;

export type TarType = (typeof TYPES)[keyof typeof TYPES];

/** Metadata of an entry. */
export interface TarHeader {
  readonly name: BytePath;
  readonly type: TarType;
  /** Permissions, with setuid, setgid and the sticky bit. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 except for files. */
  readonly size: number;
  /** Seconds since 1970, possibly fractional or negative. */
  readonly mtime: number;
  /** Target of a link. */
  readonly linkname: BytePath;
  readonly devmajor: number;
  readonly devminor: number;
}

/** Position of a header field. */
type Field = readonly [start: number, length: number];

const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkname: [157, 100],
  magic: [257, 8],
  devmajor: [329, 8],
  devminor: [337, 8],
  prefix: [345, 155],
} as const satisfies Record<string, Field>;

const POSIX_MAGIC = "ustar\x0000";

/** Number of zeros that fill the last block of content. */
export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

/** The end of a tar. */
export const endOfTar = (): Buffer => Buffer.alloc(2 * BLOCK);

/** Encodes an entry's header: a block, after an extended header for anything a block cannot hold. */
export function writeHeader(header: TarHeader): Buffer {
  const block = blockOf(header);
  const extension = extensionOf(header);
  if (extension === "") return block;
  const records = Buffer.from(extension, "latin1");
  const before = blockOf({ ...NOTHING, name: bytePath("PaxHeaders/entry"), size: records.length }, "x");
  return Buffer.concat([before, records, Buffer.alloc(paddingOf(records.length)), block]);
}

/** Values that a block cannot hold, as records of an extended header. */
function extensionOf(header: TarHeader): string {
  const { name, linkname } = header;
  let records = "";
  if (name.length > FIELDS.name[1]) records += record("path", name);
  if (linkname.length > FIELDS.linkname[1]) records += record("linkpath", linkname);
  for (const key of EXTENDED_NUMBERS) {
    if (!fits(header[key], FIELDS[key])) records += record(key, String(header[key]));
  }
  return records;
}

const EXTENDED_NUMBERS = ["size", "uid", "gid", "mtime"] as const;

/** Whether a block can hold a number. */
const fits = (value: number, [, length]: Field): boolean =>
  Number.isInteger(value) && value >= 0 && value < 8 ** (length - 1);

const NOTHING: TarHeader = {
  ...{ name: bytePath(""), linkname: bytePath(""), type: "file", mode: 0o644 },
  ...{ uid: 0, gid: 0, size: 0, mtime: 0, devmajor: 0, devminor: 0 },
};

/** The pieces of a tar with these files, by name. */
export const tarPieces = (files: Readonly<Record<string, Buffer>>): Buffer[] => [
  ...entryPieces(files),
  endOfTar(),
];

/** The pieces of the entries for these files, by name. */
export const entryPieces = (files: Readonly<Record<string, Buffer>>): Buffer[] =>
  Object.entries(files).flatMap(([name, content]) => [
    writeHeader({ ...NOTHING, name: bytePath(name), size: content.length }),
    content,
    Buffer.alloc(paddingOf(content.length)),
  ]);

const LETTERS = Object.fromEntries(Object.entries(TYPES).map(([letter, type]) => [type, letter]));

/** Numbers of a header, which are octal. */
const NUMBERS = ["mode", "uid", "gid", "size", "mtime", "devmajor", "devminor"] as const;

function blockOf(header: TarHeader, letter = LETTERS[header.type] as string): Buffer {
  const block = Buffer.allocUnsafe(BLOCK).fill(0);
  writeText(block, FIELDS.name, header.name);
  writeText(block, FIELDS.linkname, header.linkname);
  writeText(block, FIELDS.type, letter);
  writeText(block, FIELDS.magic, POSIX_MAGIC);
  for (const name of NUMBERS) {
    writeOctal(block, FIELDS[name], fits(header[name], FIELDS[name]) ? header[name] : 0);
  }
  const [start, length] = FIELDS.checksum;
  writeOctal(block, [start, length - 1], checksum(block));
  block[start + length - 1] = 0x20;
  return block;
}

function writeText(block: Buffer, [start, length]: Field, text: string): void {
  if (text !== "") block.write(text, start, length, "latin1");
}

/** Digits that fill a field, up to its last byte, which is zero. */
function writeOctal(block: Buffer, [start, length]: Field, value: number): void {
  let left = value;
  for (let at = start + length - 2; at >= start; at -= 1) {
    block[at] = 0x30 + (left % 8);
    left = Math.floor(left / 8);
  }
}

/** "LENGTH KEY=VALUE\n"; the length includes itself. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

/** The sum of a header's bytes, with spaces in its own field. */
function checksum(block: Buffer): number {
  const [start, length] = FIELDS.checksum;
  let sum = length * 0x20;
  for (let at = 0; at < BLOCK; at += 1) sum += block[at] as number;
  for (let at = start; at < start + length; at += 1) sum -= block[at] as number;
  return sum;
}

/** A header as read, with any letter, not only an entry's. */
export interface RawHeader extends Omit<TarHeader, "type"> {
  readonly letter: string;
}

/** Reads a header; undefined for a block of zeros, which ends a tar. @throws {Error} it is not a header */
export function readHeader(block: Buffer): RawHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const text = ([start, length]: Field): string => {
    const end = block.indexOf(0, start);
    return block.toString("latin1", start, end < 0 ? start + length : Math.min(end, start + length));
  };
  const numberIn = ([start, length]: Field): number => readNumber(block.subarray(start, start + length));
  const number = (field: Field): number => exact(numberIn(field));
  if (numberIn(FIELDS.checksum) !== checksum(block)) throw new Error("it is not a tar, or is damaged");
  const isPosix = text(FIELDS.magic) === "ustar";
  const prefix = isPosix ? text(FIELDS.prefix) : "";
  const name = text(FIELDS.name);
  return {
    name: (prefix === "" ? name : `${prefix}/${name}`) as BytePath,
    linkname: text(FIELDS.linkname) as BytePath,
    letter: text(FIELDS.type) || "0",
    mode: number(FIELDS.mode) & 0o7777,
    uid: number(FIELDS.uid),
    gid: number(FIELDS.gid),
    size: number(FIELDS.size),
    mtime: number(FIELDS.mtime),
    devmajor: isPosix ? number(FIELDS.devmajor) : 0,
    devminor: isPosix ? number(FIELDS.devminor) : 0,
  };
}

/** Reads octal digits or, as GNU tar writes larger numbers, two's complement after a set first bit; otherwise NaN. */
function readNumber(field: Buffer): number {
  const [first = 0] = field;
  if (first & 0x80) return Number(BigInt.asIntN(field.length * 8 - 1, BigInt(`0x${field.toString("hex")}`)));
  const digits = field.toString("latin1").replace(/^[ \0]+|[ \0].*$/gs, "");
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || "0", 8) : Number.NaN;
}

function exact(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new Error("a header has a number that is damaged or too large");
}

/** Extended headers by name; an empty value unsets an earlier one. @throws {Error} they are damaged */
export function readRecords(bytes: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const digits = bytes.toString("latin1", at, Math.max(space, at));
    const end = at + Number(digits);
    const equals = bytes.indexOf(0x3d, space);
    const isSound =
      /^[1-9]\d{0,8}$/.test(digits) && equals > space && equals < end && bytes[end - 1] === 0x0a;
    if (!isSound) throw new Error("an extended header is damaged");
    records.set(bytes.toString("latin1", space + 1, equals), bytes.toString("latin1", equals + 1, end - 1));
    at = end;
  }
  return records;
}

/** The header of an entry, with fields overridden by extended headers; undefined if its type is unknown. */
export function entryHeader(raw: RawHeader, records: ReadonlyMap<string, string>): TarHeader | undefined {
  const { letter, ...fields } = raw;
  const number = (key: "size" | "mtime" | "uid" | "gid"): number => {
    const text = records.get(key);
    if (!text) return fields[key];
    if (!/^-?\d{1,20}(\.\d*)?$/.test(text))
      throw new Error(`an extended header has the ${key} ${JSON.stringify(text)}`);
    return key === "mtime" ? Number(text) : exact(Number(text));
  };
  const name = (records.get("path") || fields.name) as BytePath;
  // In older tars only the name marks a folder; "7" is a contiguous file.
  const isFile = letter === "0" || letter === "7";
  const type = isFile ? (name.endsWith("/") ? "directory" : "file") : TYPES[letter as keyof typeof TYPES];
  if (type === undefined) return undefined;
  const size = number("size");
  if (size < 0) throw new Error("a header has a negative size");
  return {
    ...fields,
    name,
    type,
    linkname: (records.get("linkpath") || fields.linkname) as BytePath,
    size: type === "file" ? size : 0,
    mtime: number("mtime"),
    uid: number("uid"),
    gid: number("gid"),
  };
}

/** The name in one of GNU tar's long headers. */
export const longName = (bytes: Buffer): BytePath => bytes.toString("latin1").replace(/\0+$/, "") as BytePath;
