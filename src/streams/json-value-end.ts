const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = "\\".charCodeAt(0);
const OPEN_OBJECT = "{".charCodeAt(0);
const CLOSE_OBJECT = "}".charCodeAt(0);
const OPEN_ARRAY = "[".charCodeAt(0);
const CLOSE_ARRAY = "]".charCodeAt(0);
const COLON = ":".charCodeAt(0);
const COMMA = ",".charCodeAt(0);

/** Whether a byte is JSON whitespace or the record separator of a JSON text sequence (RFC 7464). */
export const isBlank = (byte: number): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x1e;

/** The token that may come next. */
type Expected = "value" | "value or end" | "key" | "key or end" | "colon" | "comma or end";

/** The bytes cannot become a JSON value, whatever follows. */
export const BROKEN = -2;

/**
 * Finds the end of a JSON value in bytes that arrive in any pieces, regardless of line breaks, like Go's decoder. It
 * tracks strings, brackets and separators, so that a value that cannot end is detected at once; errors within numbers
 * or words are left to JSON.parse.
 */
export class JsonValueEnd {
  /** The closing brackets still to come. */
  readonly #open: number[] = [];
  #expected: Expected = "value";
  #isInString = false;
  #isEscaped = false;
  #isInWord = false;

  /** The index after the value, -1 if it does not end in these bytes, or {@link BROKEN}. */
  find(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) {
          this.#isInString = false;
          if (this.#isWhole) return at + 1;
        }
        continue;
      }
      if (this.#isInWord) {
        if (isWord(byte)) continue;
        this.#isInWord = false;
        if (this.#isWhole) return at;
      }
      if (isBlank(byte)) continue;
      if (!this.#accept(byte)) return BROKEN;
      if (this.#isWhole && !this.#isInString && !this.#isInWord) return at + 1;
    }
    return -1;
  }

  get #isWhole(): boolean {
    return this.#open.length === 0;
  }

  #accept(byte: number): boolean {
    const expected = this.#expected;
    switch (byte) {
      case COLON:
        this.#expected = "value";
        return expected === "colon";
      case COMMA:
        this.#expected = this.#open.at(-1) === CLOSE_OBJECT ? "key" : "value";
        return expected === "comma or end";
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        this.#expected = "comma or end";
        return this.#open.pop() === byte && expected.endsWith("end");
      case OPEN_OBJECT:
        this.#open.push(CLOSE_OBJECT);
        this.#expected = "key or end";
        return expected.startsWith("value");
      case OPEN_ARRAY:
        this.#open.push(CLOSE_ARRAY);
        this.#expected = "value or end";
        return expected.startsWith("value");
      case QUOTE:
        this.#isInString = true;
        this.#expected = expected.startsWith("key") ? "colon" : "comma or end";
        return expected.startsWith("key") || expected.startsWith("value");
      default:
        this.#isInWord = true;
        this.#expected = "comma or end";
        return expected.startsWith("value") && isWord(byte);
    }
  }
}

/** Part of a number, of true, false or null, or of something that is not JSON. */
const isWord = (byte: number): boolean =>
  !isBlank(byte) &&
  byte !== QUOTE &&
  byte !== COLON &&
  byte !== COMMA &&
  byte !== OPEN_OBJECT &&
  byte !== CLOSE_OBJECT &&
  byte !== OPEN_ARRAY &&
  byte !== CLOSE_ARRAY;
