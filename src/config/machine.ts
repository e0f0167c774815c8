import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { posix, win32 } from "node:path";
import { ConfigError } from "../errors.js";
import { isObject, kindOf } from "../members.js";
import type { DockerOptions } from "../options.js";
import { shownName } from "../quote.js";

/** Everything the configuration depends on. */
export interface ConfigInput extends Machine {
  readonly options: ConfigOptions;
  /** As in the docker CLI, empty variables count as unset. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The client's options, except the environment. */
export type ConfigOptions = Omit<DockerOptions, "env">;

/** The parts of a machine that the configuration needs. */
export interface Machine {
  /** Like `process.platform`. */
  readonly platform: NodeJS.Platform;
  /** The user's home, like `os.homedir()`. */
  readonly home: string;
  /** A file's bytes; undefined if it does not exist. May throw any other failure. */
  readFile(path: string): Buffer | undefined;
  /** The names in a folder; none if it does not exist. May throw any other failure. */
  listFolder(path: string): string[];
  /** Whether a path exists. */
  pathExists(path: string): boolean;
}

/** The local machine. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    home: homedir(),
    readFile: (path) => unlessMissing(() => readFileSync(path), undefined),
    listFolder: (path) => unlessMissing(() => readdirSync(path), []),
    pathExists: existsSync,
  };
}

/** Checks only the variables that are read. @throws {ConfigError} one is not text */
export function checkEnvironment(env: ConfigInput["env"]): void {
  for (const [name, value] of Object.entries(env)) {
    if (
      !/^(?:DOCKER_|(?:COLIMA_HOME|PATH|Path|TMPDIR|XDG_CONFIG_HOME|XDG_RUNTIME_DIR)$)/.test(name) ||
      value === undefined ||
      typeof value === "string"
    )
      continue;
    throw new ConfigError(`${shownName(name)} in the option env must be a string, not ${kindOf(value)}.`);
  }
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

/** Joins a path of the configuration's platform, which in tests may not be the local one. */
export function joinPath({ platform }: ConfigInput, ...parts: string[]): string {
  return (platform === "win32" ? win32 : posix).join(...parts);
}

/** @throws {ConfigError} the file exists but cannot be read */
export function readFile(input: ConfigInput, path: string): Buffer | undefined {
  return naming(path, () => input.readFile(path));
}

/** @throws {ConfigError} the folder exists but cannot be read */
export function listFolder(input: ConfigInput, path: string): string[] {
  return naming(path, () => input.listFolder(path));
}

/** The object in a JSON file; undefined without a file, empty if the file is blank, as in the CLI. */
export function readJson(input: ConfigInput, path: string): Readonly<Record<string, unknown>> | undefined {
  const text = readFile(input, path)?.toString("utf8");
  if (text === undefined) return undefined;
  if (text.trim() === "") return {};
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // Without the cause, which quotes the file: it may hold passwords.
    throw new ConfigError(`${path} is not valid JSON. Fix it, or move it away if it is not needed.`);
  }
  if (isObject(content)) return content;
  throw new ConfigError(`${path} is not a JSON object. Fix it, or move it away if it is not needed.`);
}

function naming<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${path} cannot be read: ${why}`, { cause });
  }
}
