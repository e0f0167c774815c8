import { posix, win32 } from "node:path";
import { ConfigError } from "../errors.js";
import type { ConfigInput } from "./input.js";

/** A path of the platform the configuration is for, which in a test is not the one that runs it. */
export function joinPath({ platform }: ConfigInput, ...parts: string[]): string {
  return (platform === "win32" ? win32 : posix).join(...parts);
}

/** @throws {ConfigError} there is a file, and it cannot be read */
export function readFile(input: ConfigInput, path: string): Buffer | undefined {
  return naming(path, () => input.readFile(path));
}

/** @throws {ConfigError} there is a folder, and it cannot be read */
export function listFolder(input: ConfigInput, path: string): string[] {
  return naming(path, () => input.listFolder(path));
}

/** The object of a JSON file; undefined if there is no file, empty if it is blank, which is how the CLI takes it. */
export function readJson(input: ConfigInput, path: string): Readonly<Record<string, unknown>> | undefined {
  const text = readFile(input, path)?.toString("utf8");
  if (text === undefined) return undefined;
  if (text.trim() === "") return {};
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // Without the cause: it quotes the file, which may hold passwords.
    throw new ConfigError(`${path} is not valid JSON. Mend it, or move it away if it is not needed.`);
  }
  if (isObject(content)) return content;
  throw new ConfigError(`${path} holds no JSON object. Mend it, or move it away if it is not needed.`);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function naming<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${path} cannot be read: ${why}`, { cause });
  }
}
