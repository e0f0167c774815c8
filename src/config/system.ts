import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import type { ConfigInput } from "./input.js";

/** This machine, as the configuration looks at it. */
export function thisSystem(): Omit<ConfigInput, "options" | "env"> {
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
