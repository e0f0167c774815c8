import { type BytePath, textOf } from "./byte-path.js";
import { goExpression } from "./go-expression.js";
import type { Rune } from "./go-expression-reader.js";

/**
 * A line of .dockerignore as the docker CLI understands it. The CLI turns it into a regular expression, so that Go's escapes
 * and brackets work as well as `*`, `**`, `?` and `[…]`. Matching takes linear time.
 */
export interface IgnorePattern {
  /** Without surrounding whitespace, "./" and the like. */
  readonly text: BytePath;
  /** @throws {Error} the pattern is not a valid expression; the CLI too notices only here */
  readonly matches: (path: BytePath) => boolean;
}

/** A pattern that matches exactly one path, whatever its characters. */
export const literalPattern = (text: BytePath): IgnorePattern => ({ text, matches: (path) => path === text });

/** @throws {Error} the pattern is malformed */
export function ignorePattern(text: BytePath): IgnorePattern {
  const pattern = runesOf(text);
  checkSyntax(pattern);
  const { kind, expression } = translate(pattern);
  switch (kind) {
    case "exact":
      return literalPattern(text);
    case "prefix":
      return { text, matches: (path) => path.startsWith(text.slice(0, -2)) };
    case "suffix": {
      const end = text.slice(2);
      return { text, matches: (path) => path.endsWith(end) || `/${path}` === end };
    }
    case "expression": {
      let test: ReturnType<typeof goExpression> | undefined;
      return {
        text,
        matches: (path) => {
          test ??= goExpression(expression);
          return test(runesOf(path));
        },
      };
    }
  }
}

const malformed = (): Error => new Error("it is malformed");

/** Stands for a byte that is not UTF-8. */
const REPLACEMENT: Rune = "\ufffd";
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The characters of a path; as in Go, an invalid byte counts as one. */
function runesOf(path: BytePath): Rune[] {
  const text = textOf(path);
  if (!text.includes(REPLACEMENT)) return Array.from(text);
  const bytes = Buffer.from(path, "latin1");
  const runes: Rune[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((count) => isUtf8(bytes.subarray(at, at + count)));
    runes.push(length === undefined ? REPLACEMENT : utf8.decode(bytes.subarray(at, at + length)));
    at += length ?? 1;
  }
  return runes;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    utf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * Refuses what the CLI refuses. The CLI checks a pattern by matching it with ".": Go reads it up to the first star, and on
 * to the next while it matches.
 */
function checkSyntax(pattern: readonly Rune[]): void {
  const first = untilStar(pattern, 0);
  if (matchesDot(first.part)) matchesDot(untilStar(pattern, first.end).part);
}

/** The part between the stars at `at` and the next one. In brackets, a star is a character. */
function untilStar(pattern: readonly Rune[], at: number): { part: readonly Rune[]; end: number } {
  let start = at;
  while (pattern[start] === "*") start += 1;
  let end = start;
  for (let inBrackets = false; end < pattern.length; end += 1) {
    const rune = pattern[end];
    if (rune === "*" && !inBrackets) break;
    if (rune === "[" || rune === "]") inBrackets = rune === "[";
    if (rune === "\\") end += 1;
  }
  return { part: pattern.slice(start, end), end };
}

/** Whether a part matches a dot. @throws {Error} a bracket is open or empty, a range has no end, or a backslash is last */
function matchesDot(part: readonly Rune[]): boolean {
  const afterCharacter = (at: number): number => {
    const first = part[at];
    if (first === undefined || ["-", "]", REPLACEMENT].includes(first)) throw malformed();
    const end = at + (first === "\\" ? 2 : 1);
    if (end >= part.length) throw malformed();
    return end;
  };
  let matches = false;
  let count = 0;
  for (let at = 0; at < part.length; at += 1) {
    count += 1;
    matches = part[at] === "." || part[at] === "?";
    if (part[at] === "\\") {
      at += 1;
      if (at >= part.length) throw malformed();
      matches = part[at] === ".";
    } else if (part[at] === "[") {
      const isNegated = part[at + 1] === "^";
      at += isNegated ? 2 : 1;
      do {
        const low = afterCharacter(at);
        const high = part[low] === "-" ? afterCharacter(low + 1) : low;
        matches ||= (part[low - 1] as Rune) <= "." && "." <= (part[high - 1] as Rune);
        at = high;
      } while (part[at] !== "]");
      matches = matches !== isNegated;
    }
  }
  return count === 1 && matches;
}

interface Translation {
  /** How paths are compared; most patterns need no expression. */
  readonly kind: "exact" | "prefix" | "suffix" | "expression";
  readonly expression: string;
}

/** The CLI's expression for a pattern. Brackets and escapes are kept. */
function translate(pattern: readonly Rune[]): Translation {
  let kind: Translation["kind"] = "exact";
  let expression = "";
  const add = (text: string): void => {
    expression += text;
    kind = "expression";
  };
  for (let at = 0; at < pattern.length; at += 1) {
    const rune = pattern[at] as Rune;
    if (rune === "*" && pattern[at + 1] === "*") {
      const isFirst = at === 0;
      at += pattern[at + 2] === "/" ? 2 : 1;
      const isLast = at === pattern.length - 1;
      if (!isLast) add("(.*/)?");
      else if (kind === "exact") kind = "prefix";
      else add(".*");
      if (isFirst) kind = "suffix";
    } else if (rune === "*") add("[^/]*");
    else if (rune === "?") add("[^/]");
    else if (rune === "\\") {
      at += 1;
      // A trailing one escapes the end of the expression.
      if (pattern[at] === undefined) expression += "\\";
      else add(`\\${pattern[at]}`);
    } else if (rune === "[" || rune === "]") add(rune);
    // `|`, `{` and `}` are not escaped, though the CLI means to.
    else expression += ".+()$".includes(rune) ? `\\${rune}` : rune;
  }
  return { kind, expression: `^${expression}$` };
}
