import { describe, isAsyncIterable, reading } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { can, kindOf, readMembers } from "../../members.js";
import { quote, shownName } from "../../quote.js";

/** A file, folder or symbolic link in memory. */
export interface TarFile {
  /** Path with slashes, such as "etc/app.json"; one that ends in a slash is a folder. */
  readonly path: string;
  /** Content: text, written as UTF-8; bytes; or a stream of these, with its `size`. Empty by default. */
  readonly content?: string | Uint8Array | AsyncIterable<string | Uint8Array> | undefined;
  /** Bytes of the content; required for a stream, which must have exactly this many. */
  readonly size?: number | undefined;
  /** Target of a symbolic link, instead of content; it need not exist. */
  readonly link?: string | undefined;
  /** Permissions, with setuid, setgid and the sticky bit. 0o644 by default, for a folder 0o755. */
  readonly mode?: number | undefined;
  /** Time of the last modification, as a Date or in seconds since 1970. */
  readonly mtime?: Date | number | undefined;
  /** ID of the user who owns it; 0 (root) by default. */
  readonly uid?: number | undefined;
  /** ID of the group that owns it; 0 by default. */
  readonly gid?: number | undefined;
}

/** Several files: a list, or an iterable that produces them one by one. */
export type TarFiles = Iterable<TarFile> | AsyncIterable<TarFile>;

/** A file that has been checked. */
export interface Content {
  /** Path as the caller wrote it, for messages. */
  readonly shown: string;
  /** Path without empty and "." segments. */
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink";
  /** Empty of folders and links. */
  readonly content: Uint8Array | AsyncIterable<string | Uint8Array>;
  /** Bytes of the content. */
  readonly size: number;
  readonly link: string;
  readonly mode: number;
  /** In seconds since 1970; undefined for the default. */
  readonly mtime: number | undefined;
  readonly uid: number;
  readonly gid: number;
}

const MEMBERS = ["path", "content", "size", "link", "mode", "mtime", "uid", "gid"];
/** The longest file name that all file systems of containers allow. */
const LONGEST_NAME = 255;
const LARGEST_ID = 2 ** 32 - 2;
const MODES = { file: 0o644, directory: 0o755, symlink: 0o777 } as const;

/** Checks files one by one, each against those before it. */
export class ContentCheck {
  readonly #workflow: string;
  readonly #allowsAbsolute: boolean;
  /** Kinds by path; none for folders that only occur in other paths. */
  readonly #kinds = new Map<string, Content["kind"] | undefined>();

  /** `workflow` is named in errors; in a container, a path may be absolute. */
  constructor(workflow: string, allowsAbsolute: boolean) {
    this.#workflow = workflow;
    this.#allowsAbsolute = allowsAbsolute;
  }

  /** @throws {ArgumentError} it is invalid, or contradicts an earlier one */
  add(file: unknown): Content {
    return reading(this.#workflow, () => {
      const content = contentOf(file, this.#allowsAbsolute, (problem) => {
        throw new ArgumentError(`${this.#workflow}: ${problem}`);
      });
      this.#place(content);
      return content;
    });
  }

  #place({ kind, path, shown }: Content): void {
    const fail = (problem: string): never => {
      throw new ArgumentError(`${this.#workflow}: ${quote(shown)} ${problem}`);
    };
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      const parent = path.slice(0, end);
      const above = this.#kinds.get(parent);
      if (above !== undefined && above !== "directory")
        fail(`is below ${quote(parent)}, which is not a folder`);
      if (!this.#kinds.has(parent)) this.#kinds.set(parent, undefined);
    }
    if (this.#kinds.get(path) !== undefined) fail("occurs twice");
    if (this.#kinds.has(path) && kind !== "directory") fail("is not a folder, but others are below it");
    this.#kinds.set(path, kind);
  }
}

type Fail = (problem: string) => never;

function contentOf(file: unknown, allowsAbsolute: boolean, fail: Fail): Content {
  const members = readMembers(
    file,
    MEMBERS,
    (problem) => fail(`each file ${problem}`),
    "an object with a path",
  );
  const shown = members.path;
  if (shown === undefined)
    return fail('each file needs a path, as in { path: "config.json", content: "{}" }');
  if (typeof shown !== "string") return fail(`the path of a file must be a string, not ${describe(shown)}`);
  const about: Fail = (problem) => fail(`${quote(shown)} ${problem}`);
  const unknown = Object.keys(members).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined)
    about(`has an unknown member ${shownName(unknown)}. Known members: ${MEMBERS.join(", ")}`);
  const path = checkPath(shown, allowsAbsolute, about);
  const { link } = members;
  const kind = link !== undefined ? "symlink" : shown.endsWith("/") ? "directory" : "file";
  if (kind !== "file" && members.content !== undefined) {
    const what = kind === "symlink" ? "is a link" : "is a folder, by the slash at its end,";
    about(`${what} and cannot have content`);
  }
  if (kind === "symlink" && shown.endsWith("/")) about("is a link; leave out the slash at its end");
  return {
    ...{ shown, path, kind },
    ...contentIn(members, about),
    link: link === undefined ? "" : checkLink(link, about),
    mode: integer(members.mode, MODES[kind], 0o7777, "mode", about),
    mtime: checkTime(members.mtime, about),
    uid: integer(members.uid, 0, LARGEST_ID, "uid", about),
    gid: integer(members.gid, 0, LARGEST_ID, "gid", about),
  };
}

function checkPath(path: string, allowsAbsolute: boolean, fail: Fail): string {
  if (path === "") fail("is empty; name a file");
  if (path.includes("\0")) fail("contains a zero byte");
  if (!path.isWellFormed()) fail("is not valid Unicode");
  if (path.startsWith("/") && !allowsAbsolute)
    fail("is an absolute path; leave out the slash at its beginning");
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) fail('has the segment ".."; name the place itself');
  if (parts.length === 0) fail("names only the folder that the files go into");
  if (parts.some((part) => part.length > LONGEST_NAME / 4 && Buffer.byteLength(part) > LONGEST_NAME))
    fail(`has a name of more than ${LONGEST_NAME} bytes, which no file can have`);
  return parts.join("/");
}

function checkLink(link: unknown, fail: Fail): string {
  const isSound = typeof link === "string" && link !== "" && link.isWellFormed() && !link.includes("\0");
  return isSound ? link : fail(`must have a path as its link, not ${describe(link)}`);
}

function contentIn(
  { content = "", size }: Record<string, unknown>,
  fail: Fail,
): Pick<Content, "content" | "size"> {
  if (typeof content === "string" || content instanceof Uint8Array) {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    if (size !== undefined && size !== bytes.length)
      fail(`has ${bytes.length} bytes, not the size ${describe(size)}`);
    return { content: bytes, size: bytes.length };
  }
  if (!isAsyncIterable(content)) {
    const must = "must have text, bytes or a stream as content";
    const advice =
      can(content, "then") || typeof content === "function" ? "" : "; write JSON.stringify(value) for JSON";
    return fail(`${must}, not ${kindOf(content)}${advice}`);
  }
  if (size === undefined)
    fail("has a stream as content and needs its size, which a tar tells before the content");
  const length = integer(size, 0, Number.MAX_SAFE_INTEGER, "size", fail);
  return { content: content as AsyncIterable<string | Uint8Array>, size: length };
}

function integer(value: unknown, standard: number, most: number, name: string, fail: Fail): number {
  if (value === undefined) return standard;
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number;
  const limit = name === "mode" ? "0o7777" : most;
  return fail(`must have an integer from 0 to ${limit} as its ${name}, not ${describe(value)}`);
}

function checkTime(time: unknown, fail: Fail): number | undefined {
  if (time === undefined) return undefined;
  const seconds = time instanceof Date ? time.getTime() / 1000 : time;
  if (typeof seconds === "number" && Number.isFinite(seconds)) return seconds;
  return fail(`must have a Date or seconds since 1970 as its mtime, not ${describe(time)}`);
}
