import { join } from "node:path";

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
export const onDisk = (path: BytePath): Buffer => Buffer.from(path, "latin1");

/** For messages. */
export const textOf = (path: BytePath): string => onDisk(path).toString("utf8");

/** Joins parts of a local path. */
export const joinPath = (...parts: BytePath[]): BytePath => join(...parts) as BytePath;
