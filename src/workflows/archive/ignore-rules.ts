import { posix } from "node:path";
import { type BytePath, bytePath } from "./byte-path.js";
import { type IgnorePattern, ignorePattern, literalPattern } from "./ignore-pattern.js";
import type { Choice } from "./tree.js";

interface Rule {
  readonly pattern: IgnorePattern;
  /** Whether it re-includes what earlier rules ignore. */
  readonly isException: boolean;
}

/** Whether each rule matched a folder; it then applies to the contents too. */
type Matched = readonly boolean[];

/** Go's whitespace. */
const SPACES: readonly string[] = Array.from(
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
  bytePath,
);
const BYTE_ORDER_MARK = bytePath("\ufeff");
/** The CLI refuses longer lines. */
const LONGEST_LINE = 64 * 1024 - 1;

/**
 * What a .dockerignore excludes from a context: exactly what the docker CLI excludes, quirks included. An ignored folder is
 * searched only if an exception names something in it literally, so that `!**` + `/x` finds nothing there.
 */
export class IgnoreRules {
  #rules: readonly Rule[];
  /** The folders containing the last item, outermost first. */
  #parents: { readonly prefix: string; readonly matched: Matched }[] = [];

  /**
   * Parses a .dockerignore.
   *
   * @param always paths that are never excluded
   * @throws {Error} a line is invalid
   */
  constructor(file: Uint8Array, always: readonly BytePath[], platform = process.platform) {
    const exceptions = always.map((path) => ({ pattern: literalPattern(path), isException: true }));
    this.#rules = [...linesOf(bytePath(file), platform).flatMap(ruleOf), ...exceptions];
  }

  /**
   * Rules from patterns that somebody has read from an ignore file already.
   *
   * @throws {Error} a pattern is invalid
   */
  static of(patterns: readonly BytePath[]): IgnoreRules {
    const rules = new IgnoreRules(Buffer.alloc(0), []);
    rules.#rules = patterns.flatMap(ruleOf);
    return rules;
  }

  /** Decides about an item. Ask about a folder before its contents, and about all of those before anything else. */
  choose(name: BytePath, isDirectory: boolean): Choice {
    const parents = this.#parents;
    while (parents.length > 0 && !name.startsWith(parents.at(-1)?.prefix ?? "")) parents.pop();
    const { isIgnored, matched } = this.#match(name, parents.at(-1)?.matched);
    if (isDirectory) parents.push({ prefix: `${name}/`, matched });
    if (!isIgnored) return "take";
    return isDirectory && this.#reachesInto(name) ? "skip" : "prune";
  }

  #match(name: BytePath, parent: Matched | undefined): { isIgnored: boolean; matched: Matched } {
    let isIgnored = false;
    const matched = this.#rules.map(({ pattern, isException }, index) => {
      // A rule that would change nothing is not evaluated, and so does not apply to a folder's contents.
      const matches = parent?.[index] || (isException === isIgnored && this.#asks(pattern, name));
      if (matches) isIgnored = !isException;
      return matches;
    });
    return { isIgnored, matched };
  }

  #asks(pattern: IgnorePattern, name: BytePath): boolean {
    try {
      return pattern.matches(name);
    } catch (error) {
      throw unusable(pattern.text, error as Error);
    }
  }

  #reachesInto(folder: BytePath): boolean {
    return this.#rules.some(
      ({ pattern, isException }) => isException && `${pattern.text}/`.startsWith(`${folder}/`),
    );
  }
}

/** The cleaned patterns of a file. */
function linesOf(file: BytePath, platform: NodeJS.Platform): BytePath[] {
  const lines = (file.startsWith(BYTE_ORDER_MARK) ? file.slice(BYTE_ORDER_MARK.length) : file).split("\n");
  const patterns: BytePath[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.length > LONGEST_LINE)
      throw new Error(`its line ${index + 1} is longer than ${LONGEST_LINE} bytes`);
    if (line.startsWith("#")) continue;
    const pattern = trim(platform === "win32" ? line.replaceAll("\\", "/") : line);
    if (pattern === "") continue;
    const isException = pattern.startsWith("!");
    const path = isException ? trim(pattern.slice(1)) : pattern;
    const cleaned = path === "" ? "" : withoutRoot(clean(path));
    patterns.push((isException ? `!${cleaned}` : cleaned) as BytePath);
  }
  return patterns;
}

function ruleOf(line: BytePath): Rule[] {
  const trimmed = trim(line);
  if (trimmed === "") return [];
  // Again, with its exclamation mark: "!/" excepts nothing.
  const text = clean(trimmed);
  if (text === "!") throw new Error('its exception "!" names nothing');
  const isException = text.startsWith("!");
  const path = (isException ? text.slice(1) : text) as BytePath;
  try {
    return [{ pattern: ignorePattern(path), isException }];
  } catch (error) {
    throw unusable(text, error as Error);
  }
}

function unusable(text: BytePath, { message }: Error): Error {
  return new Error(
    `its pattern ${JSON.stringify(Buffer.from(text, "latin1").toString())} cannot be used: ${message}`,
  );
}

const withoutRoot = (path: string): string =>
  path.length > 1 && path.startsWith("/") ? path.slice(1) : path;

/** The shortest equivalent path. */
function clean(path: string): BytePath {
  const normal = posix.normalize(path);
  return (normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal) as BytePath;
}

function trim(line: string): string {
  let [start, end] = [0, line.length];
  const spaceAtStart = (): string | undefined => SPACES.find((space) => line.startsWith(space, start));
  const spaceAtEnd = (): string | undefined => SPACES.find((space) => line.endsWith(space, end));
  for (let space = spaceAtStart(); space !== undefined && start < end; space = spaceAtStart())
    start += space.length;
  for (let space = spaceAtEnd(); space !== undefined && start < end; space = spaceAtEnd())
    end -= space.length;
  return line.slice(start, end);
}
