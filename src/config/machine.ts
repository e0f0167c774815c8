import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { posix, win32 } from "node:path";
import { isObject } from "../arguments.js";
import { ConfigError } from "../errors.js";
import type { DockerOptions } from "../options.js";

/** Everything the configuration depends on; nothing else is looked at. */
export interface ConfigInput extends Machine {
  readonly options: ConfigOptions;
  /** As in the docker CLI, a variable that is empty counts as unset. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The options of the client, but for the environment. */
export type ConfigOptions = Omit<DockerOptions, "env">;

/** A machine as the configuration sees it. */
export interface Machine {
  /** As `process.platform`. */
  readonly platform: NodeJS.Platform;
  /** The user's home, as `os.homedir()`. */
  readonly home: string;
  /** A file's bytes; undefined if there is none. May throw for any other failure. */
  readFile(path: string): Buffer | undefined;
  /** The names in a folder; none if there is no such folder. May throw for any other failure. */
  listFolder(path: string): string[];
  /** Whether there is anything at a path. */
  socketExists(path: string): boolean;
}

/** The machine that runs this. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    home: homedir(),
    readFile: (path) => unlessMissing(() => readFileSync(path), undefined),
    listFolder: (path) => unlessMissing(() => readdirSync(path), []),
    socketExists: existsSync,
  };
}

function unlessMissing<T, Missing>(read: () => T, missing: Missing): T | Missing {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return missing;
    throw error;
  }
}

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

function naming<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${path} cannot be read: ${why}`, { cause });
  }
}
