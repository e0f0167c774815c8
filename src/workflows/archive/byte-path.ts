import { type Dirent, readdirSync, readlinkSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { pathOnDisk } from "../../streams/index.js";

declare const brand: unique symbol;

/**
 * A name or path with one character per byte, so that names that are not UTF-8 are preserved. The functions of node:path
 * work on it: they only look for ASCII.
 */
export type BytePath = string & { readonly [brand]: true };

/** ASCII, as nearly all names are, is the same as bytes and as text. */
const ASCII = /^[\0-\x7f]*$/;

/** The bytes of a text. */
export const bytePath = (text: string | Uint8Array): BytePath =>
  (typeof text === "string" && ASCII.test(text)
    ? text
    : Buffer.from(text as string).toString("latin1")) as BytePath;

/** For the file system. */
export const onDisk = (path: BytePath): string | Buffer =>
  ASCII.test(path) ? path : pathOnDisk(Buffer.from(path, "latin1"));

/** For messages. */
export const textOf = (path: BytePath): string => Buffer.from(path, "latin1").toString("utf8");

/** Joins parts of a local path. */
export const joinBytePaths = (...parts: BytePath[]): BytePath => join(...parts) as BytePath;

/** Stands for bytes that are not UTF-8. Only if it occurs are the bytes asked for, which Deno cannot give. */
const REPLACED = "\ufffd";

/** The path without links. */
export async function realPath(path: string | Buffer): Promise<BytePath> {
  const text = await realpath(path);
  return bytePath(text.includes(REPLACED) ? await realpath(path, { encoding: "buffer" }) : text);
}

/** Target of a link, as archives write it: with slashes. */
export function linkTarget(path: BytePath, platform = process.platform): BytePath {
  const text = readlinkSync(onDisk(path));
  const target = bytePath(
    text.includes(REPLACED) ? readlinkSync(onDisk(path), { encoding: "buffer" }) : text,
  );
  return platform === "win32" ? (target.replaceAll("\\", "/") as BytePath) : target;
}

/** An item as its folder describes it. */
export interface FolderItem {
  readonly name: BytePath;
  readonly type: Pick<Dirent, "isDirectory" | "isFile">;
}

/** The items of a folder, sorted by name. */
export function itemsIn(folder: BytePath): FolderItem[] {
  const texts = readdirSync(onDisk(folder), { withFileTypes: true });
  const items = texts.some(({ name }) => name.includes(REPLACED))
    ? readdirSync(onDisk(folder), { withFileTypes: true, encoding: "buffer" })
    : texts;
  return items
    .map((item) => ({ name: bytePath(item.name), type: item }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
