/** A character: one code point. */
export type Rune = string;

/** Whether a character matches. */
export type Test = (rune: Rune) => boolean;

/** How often something occurs. */
export type Repetition = readonly [least: number, most: number];

export const equals =
  (rune: Rune): Test =>
  (other) =>
    other === rune;
export const not =
  (test: Test): Test =>
  (rune) =>
    !test(rune);
const oneOf =
  (characters: RegExp): Test =>
  (rune) =>
    characters.test(rune);

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

/** Parses an expression from left to right. */
export class ExpressionReader {
  #rest: string;

  constructor(expression: string) {
    this.#rest = expression;
  }

  get atEnd(): boolean {
    return this.#rest === "";
  }

  /** Consumes a text if it comes next, and returns whether it did. */
  take(text: string): boolean {
    if (!this.#rest.startsWith(text)) return false;
    this.#rest = this.#rest.slice(text.length);
    return true;
  }

  /** Consumes the next character, whatever it means. */
  #next(): Rune {
    const [rune] = this.#rest;
    if (rune === undefined) throw new Error("it ends too early");
    this.#rest = this.#rest.slice(rune.length);
    return rune;
  }

  /** A repetition, if any: `*`, or numbers in braces, which Go limits. */
  repetition(): Repetition | undefined {
    if (this.take("*")) return [0, Number.POSITIVE_INFINITY];
    const found = /^\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}/.exec(this.#rest);
    if (!found) return undefined;
    const [text, first, comma, second] = found;
    const least = Number(first);
    const most = second === undefined ? (comma ? Number.POSITIVE_INFINITY : least) : Number(second);
    if (least > 1000 || (most > 1000 && second !== undefined) || least > most) {
      throw new Error(`the repetition ${text} is not possible`);
    }
    this.take(text);
    return [least, most];
  }

  /** The text after \Q, up to \E or the end. */
  quoted(): Rune[] {
    const [text = ""] = this.#rest.split("\\E", 1);
    this.#rest = this.#rest.slice(text.length);
    this.take("\\E");
    return Array.from(text);
  }

  /** A character set, such as \d or \pL, in or outside brackets. */
  set(): Test | undefined {
    const [, letter = ""] = /^\\([dswDSWpP])/.exec(this.#rest) ?? [];
    if (letter === "") return undefined;
    this.take(`\\${letter}`);
    const test = SETS[letter.toLowerCase()] ?? this.#category();
    return letter < "a" ? not(test) : test;
  }

  /** A Unicode category or script, by a letter or a name in braces. */
  #category(): Test {
    const [braces, caret, inBraces] = /^\{(\^?)(\w+)\}/.exec(this.#rest) ?? [];
    const name = inBraces ?? this.#next();
    this.take(braces ?? "");
    const property = /^[CLMNPSZ][a-z]?$/.test(name) ? name : `Script=${name}`;
    try {
      const test = oneOf(new RegExp(`^\\p{${property}}$`, "u"));
      return caret ? not(test) : test;
    } catch {
      throw new Error(`\\p{${name}} is not a character set`);
    }
  }

  /** A plain or escaped character. */
  character(): Rune {
    if (!this.take("\\")) return this.#next();
    const [number, octal, hex, braces] =
      /^(?:([1-7][0-7]{1,2}|0[0-7]{0,2})|x([0-9A-Fa-f]{2})|x\{0*([0-9A-Fa-f]{1,6})\})/.exec(this.#rest) ?? [];
    if (number !== undefined) {
      this.take(number);
      const code =
        octal === undefined ? Number.parseInt((hex ?? braces) as string, 16) : Number.parseInt(octal, 8);
      if (code > 0x10ffff) throw new Error(`\\${number} is not a character`);
      return String.fromCodePoint(code);
    }
    const rune = this.#next();
    const escaped = /^[0-9A-Za-z]$/.test(rune) || rune > "\x7f" ? ESCAPES[rune] : rune;
    if (escaped === undefined) throw new Error(`\\${rune} is not an escape`);
    return escaped;
  }

  /** The set after an opening bracket. */
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
    if (!test) throw new Error(`${text} is not a character set`);
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
