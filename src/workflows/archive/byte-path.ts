import { readdir, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";
import { pathOnDisk } from "../../streams/index.js";

declare const brand: unique symbol;

/**
 * A name or path with one character per byte, so that names that are not UTF-8 are preserved. The functions of node:path
 * work on it: they only look for ASCII.
 */
export type BytePath = string & { readonly [brand]: true };

/** The bytes of a text. */
export const bytePath = (text: string | Uint8Array): BytePath =>
  Buffer.from(text as string).toString("latin1") as BytePath;

/** For the file system. */
export const onDisk = (path: BytePath): string | Buffer => pathOnDisk(Buffer.from(path, "latin1"));

/** For messages. */
export const textOf = (path: BytePath): string => Buffer.from(path, "latin1").toString("utf8");

/** Joins parts of a local path. */
export const joinBytePaths = (...parts: BytePath[]): BytePath => join(...parts) as BytePath;

/** What stands for bytes that are not UTF-8. Only then are the bytes asked for, which Deno cannot give. */
const REPLACED = "\ufffd";

/** The path without links. */
export async function realPath(path: string | Buffer): Promise<BytePath> {
  const text = await realpath(path);
  return bytePath(text.includes(REPLACED) ? await realpath(path, { encoding: "buffer" }) : text);
}

/** Where a link leads. */
export async function linkTarget(path: BytePath): Promise<BytePath> {
  const text = await readlink(onDisk(path));
  return bytePath(text.includes(REPLACED) ? await readlink(onDisk(path), { encoding: "buffer" }) : text);
}

/** The names in a folder. */
export async function namesIn(folder: BytePath): Promise<BytePath[]> {
  const names = await readdir(onDisk(folder));
  if (!names.some((name) => name.includes(REPLACED))) return names.map(bytePath);
  return (await readdir(onDisk(folder), { encoding: "buffer" })).map(bytePath);
}
