/** A character: one code point. */
export type Rune = string;

type Test = (rune: Rune) => boolean;
type Assertion = (before: Rune | undefined, after: Rune | undefined) => boolean;

/** What a text must have next. */
type Step =
  | { readonly kind: "one" | "many"; readonly test: Test }
  /** The next two steps may be left out. */
  | { readonly kind: "optional" }
  | { readonly kind: "assert"; readonly holds: Assertion };

/**
 * The part of Go's regular expressions that a .dockerignore can lead to: characters, escapes, brackets, `*` after one of
 * these, `.*` and `(.*\/)?`. All ways to match are followed side by side, so that the time is at most the product of both
 * lengths, whatever they are.
 *
 * @returns tells whether all of a text matches
 * @throws {Error} Go refuses the expression
 */
export function goExpression(expression: string): (text: readonly Rune[]) => boolean {
  const steps = parse(new ExpressionReader(expression));
  return (text) => run(steps, text);
}

function run(steps: readonly Step[], text: readonly Rune[]): boolean {
  let states = new Set<number>();
  /** Adds a state and those that follow from it without a character. */
  const enter = (into: Set<number>, first: number, at: number): void => {
    for (const waiting = [first]; waiting.length > 0; ) {
      const state = waiting.pop() as number;
      if (into.has(state)) continue;
      into.add(state);
      const step = steps[state];
      if (step?.kind === "many") waiting.push(state + 1);
      else if (step?.kind === "optional") waiting.push(state + 1, state + 3);
      else if (step?.kind === "assert" && step.holds(text[at - 1], text[at])) waiting.push(state + 1);
    }
  };
  enter(states, 0, 0);
  for (const [at, rune] of text.entries()) {
    const next = new Set<number>();
    for (const state of states) {
      const step = steps[state];
      if (step?.kind === "one" && step.test(rune)) enter(next, state + 1, at + 1);
      else if (step?.kind === "many" && step.test(rune)) enter(next, state, at + 1);
    }
    if (next.size === 0) return false;
    states = next;
  }
  return states.has(steps.length);
}

const equals =
  (rune: Rune): Test =>
  (other) =>
    other === rune;
const not =
  (test: Test): Test =>
  (rune) =>
    !test(rune);
const oneOf =
  (characters: RegExp): Test =>
  (rune) =>
    characters.test(rune);

const ANY: Test = not(equals("\n"));
const SETS: Readonly<Record<string, Test>> = {
  d: oneOf(/^[0-9]$/),
  s: oneOf(/^[\t\n\f\r ]$/),
  w: oneOf(/^[0-9A-Za-z_]$/),
};
const CLASSES: Readonly<Record<string, Test>> = {
  ...{ alnum: oneOf(/^[0-9A-Za-z]$/), alpha: oneOf(/^[A-Za-z]$/), ascii: (rune) => rune <= "\x7f" },
  ...{ blank: oneOf(/^[\t ]$/), cntrl: (rune) => rune < " " || rune === "\x7f", digit: oneOf(/^[0-9]$/) },
  ...{
    graph: oneOf(/^[!-~]$/),
    lower: oneOf(/^[a-z]$/),
    print: oneOf(/^[ -~]$/),
    punct: oneOf(/^[!-/:-@[-`{-~]$/),
  },
  ...{ space: oneOf(/^[\t-\r ]$/), upper: oneOf(/^[A-Z]$/), word: oneOf(/^[0-9A-Za-z_]$/) },
  xdigit: oneOf(/^[0-9A-Fa-f]$/),
};
const ESCAPES: Readonly<Record<string, Rune>> = { a: "\x07", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

const isWord = (rune: Rune | undefined): boolean => rune !== undefined && /^\w$/.test(rune);
const atStart: Assertion = (before) => before === undefined;
const atBoundary: Assertion = (before, after) => isWord(before) !== isWord(after);
const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  "^": atStart,
  "\\A": atStart,
  "\\z": (_, after) => after === undefined,
  "\\b": atBoundary,
  "\\B": (before, after) => !atBoundary(before, after),
};

function parse(source: ExpressionReader): Step[] {
  const steps: Step[] = [];
  while (!source.atEnd) {
    const assertion = Object.keys(ASSERTIONS).find((text) => source.take(text));
    if (assertion !== undefined) steps.push({ kind: "assert", holds: ASSERTIONS[assertion] as Assertion });
    else if (source.take("(.*/)?")) {
      steps.push({ kind: "optional" }, { kind: "many", test: ANY }, { kind: "one", test: equals("/") });
    } else if (source.take(".*")) steps.push({ kind: "many", test: ANY });
    else if (source.take("\\Q")) {
      for (const rune of source.quoted()) steps.push({ kind: "one", test: equals(rune) });
    } else {
      const test = source.take("[") ? source.bracket() : (source.set() ?? equals(source.character()));
      steps.push({ kind: source.take("*") ? "many" : "one", test });
    }
  }
  return steps;
}

/** Reads an expression from left to right. */
class ExpressionReader {
  #rest: string;

  constructor(expression: string) {
    this.#rest = expression;
  }

  get atEnd(): boolean {
    return this.#rest === "";
  }

  /** Whether a text comes next, which is then read. */
  take(text: string): boolean {
    if (!this.#rest.startsWith(text)) return false;
    this.#rest = this.#rest.slice(text.length);
    return true;
  }

  /** The next character, whatever it means. */
  #next(): Rune {
    const [rune] = this.#rest;
    if (rune === undefined) throw new Error("it ends too early");
    this.#rest = this.#rest.slice(rune.length);
    return rune;
  }

  /** What follows \Q, to its \E or to the end. */
  quoted(): Rune[] {
    const [text = ""] = this.#rest.split("\\E", 1);
    this.#rest = this.#rest.slice(text.length);
    this.take("\\E");
    return Array.from(text);
  }

  /** A set of characters outside of brackets or in them, such as \d or \pL. */
  set(): Test | undefined {
    const [, letter = ""] = /^\\([dswDSWpP])/.exec(this.#rest) ?? [];
    if (letter === "") return undefined;
    this.take(`\\${letter}`);
    const test = SETS[letter.toLowerCase()] ?? this.#category();
    return letter < "a" ? not(test) : test;
  }

  #category(): Test {
    const letter = this.#next();
    if (!"CLMNPSZ".includes(letter)) throw new Error(`\\p${letter} is no set of characters`);
    return oneOf(new RegExp(`^\\p{${letter}}$`, "u"));
  }

  /** A character by itself or by its escape. */
  character(): Rune {
    if (!this.take("\\")) return this.#next();
    const [number, octal, hex] =
      /^(?:([1-7][0-7]{1,2}|0[0-7]{0,2})|x([0-9A-Fa-f]{2}))/.exec(this.#rest) ?? [];
    if (number !== undefined) {
      this.take(number);
      return String.fromCodePoint(
        octal === undefined ? Number.parseInt(hex as string, 16) : Number.parseInt(octal, 8),
      );
    }
    const rune = this.#next();
    const escaped = /^[0-9A-Za-z]$/.test(rune) || rune > "\x7f" ? ESCAPES[rune] : rune;
    if (escaped === undefined) throw new Error(`\\${rune} is no escape`);
    return escaped;
  }

  /** What follows an open bracket. */
  bracket(): Test {
    const isNegated = this.take("^");
    const tests: Test[] = [];
    do tests.push(this.#namedClass() ?? this.set() ?? this.#range());
    while (!this.take("]"));
    const matches: Test = (rune) => tests.some((test) => test(rune));
    return isNegated ? not(matches) : matches;
  }

  #namedClass(): Test | undefined {
    const [text, sign, name = ""] = /^\[:(\^?)([^\]]*?):\]/.exec(this.#rest) ?? [];
    if (text === undefined) return undefined;
    const test = CLASSES[name];
    if (!test) throw new Error(`${text} is no set of characters`);
    this.take(text);
    return sign === "" ? test : not(test);
  }

  #range(): Test {
    const first = this.character();
    const isRange = /^-[^\]]/s.test(this.#rest) && this.take("-");
    const last = isRange ? this.character() : first;
    const [low, high] = [first, last].map((rune) => rune.codePointAt(0) as number) as [number, number];
    if (low > high) throw new Error(`the range ${first}-${last} is empty`);
    return (rune) => low <= (rune.codePointAt(0) as number) && (rune.codePointAt(0) as number) <= high;
  }
}
