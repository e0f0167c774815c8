import { join } from "node:path";

declare const brand: unique symbol;

/**
 * A name or path with one character for each of its bytes, so that one that is not UTF-8 stays what it is. The functions of
 * node:path work on it: what they look for is ASCII.
 */
export type BytePath = string & { readonly [brand]: true };

/** The bytes that a text stands for. */
export const bytePath = (text: string | Uint8Array): BytePath =>
  Buffer.from(text as string).toString("latin1") as BytePath;

/** As the file system takes it. */
export const onDisk = (path: BytePath): Buffer => Buffer.from(path, "latin1");

/** As people read it. */
export const textOf = (path: BytePath): string => onDisk(path).toString("utf8");

/** Joins parts to a path of this machine. */
export const joinPath = (...parts: BytePath[]): BytePath => join(...parts) as BytePath;
