const WILDCARD = /[*?[\\]/;

/** Tells which folders may hold something that patterns match, so that the others need not be read. */
export class Reach {
  readonly #prefixes: readonly string[][];

  constructor(patterns: readonly string[]) {
    this.#prefixes = patterns.map((pattern) => {
      const parts = partsOf(pattern.replace(/^!/, ""));
      const wild = parts.findIndex((part) => WILDCARD.test(part));
      return wild < 0 ? parts : parts.slice(0, wild);
    });
  }

  /** Whether something in a folder may match. */
  into(folder: string): boolean {
    const parts = partsOf(folder);
    return this.#prefixes.some((prefix) =>
      prefix.slice(0, parts.length).every((part, index) => part === parts[index]),
    );
  }
}

/** The names in a path from the root of the folder. */
export const partsOf = (path: string): string[] =>
  path.split("/").filter((part) => part !== "" && part !== ".");

export const isWild = (part: string): boolean => WILDCARD.test(part);
