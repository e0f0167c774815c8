import { Refusal } from "./refusal.js";

/** An instruction of a Dockerfile. */
export interface Instruction {
  /** In capitals. */
  readonly keyword: string;
  /** The line, as the classic builder repeats it. */
  readonly text: string;
  readonly rest: string;
}

/** Reads a Dockerfile. @throws {Refusal} it has no instruction, or begins with an invalid one */
export function readDockerfile(source: string): Instruction[] {
  const lines = source
    .split(/\r?\n/)
    .filter((line) => !/^\s*#/.test(line))
    .join("\n")
    .replace(/\\[ \t]*\n/g, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const instructions = lines.map((line) => {
    const [, keyword = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
    return { keyword: keyword.toUpperCase(), text: `${keyword.toUpperCase()} ${rest}`, rest };
  });
  if (instructions.length === 0) throw new Refusal(400, "the Dockerfile cannot be empty");
  const first = instructions.find(({ keyword }) => keyword !== "ARG");
  if (first?.keyword !== "FROM") throw new Refusal(400, "no build stage in current context");
  return instructions;
}

/** Inserts the values of `$NAME`, `${NAME}` and `${NAME:-otherwise}`. */
export const withValues = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(/\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g, (_, braced, otherwise, plain) => {
    return values.get(braced ?? plain) || (otherwise ?? "");
  });

/** The words of a command: a JSON list, or a line for the shell. */
export function commandIn(rest: string): readonly string[] {
  if (rest.startsWith("[")) {
    try {
      const parsed = JSON.parse(rest) as unknown;
      if (Array.isArray(parsed) && parsed.every((word) => typeof word === "string")) return parsed;
    } catch {
      // It is a line for the shell.
    }
  }
  return ["/bin/sh", "-c", rest];
}

/** The pairs of ENV and LABEL: `NAME=value …`, quoted or not, or `NAME value`. */
export function pairsIn(rest: string): [string, string][] {
  const [first = ""] = rest.split(/\s/, 1);
  if (!first.includes("=")) return [[first, rest.slice(first.length).trim()]];
  return [...rest.matchAll(/([\w.-]+|"[^"]*")=("(?:[^"\\]|\\.)*"|'[^']*'|\S*)/g)].map(
    ([, name = "", value = ""]) => [unquoted(name), unquoted(value)],
  );
}

const unquoted = (text: string): string =>
  /^(["']).*\1$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/g, "$1") : text;
