import { isSecretMember } from "../secrets.js";

/** How much of a member's value is masked: nothing, every string in it, the value if it is a string, or the part after "NAME=". */
type Masking = "nothing" | "strings" | "string" | "values";

/** Kept although they may hold a secret: commands of processes, and labels. Without them, a recording is of little use. */
const KEPT: ReadonlySet<string> = new Set([
  "Args",
  "Cmd",
  "Command",
  "Config",
  "Entrypoint",
  "Labels",
  "Test",
]);

/** Members of answers that are secrets, in addition to those of requests. */
const ANSWERED: ReadonlySet<string> = new Set(["IdentityToken", "JoinTokens"]);

function maskingOf(name: string, parent: string): Masking {
  if (name === "Env") return "values";
  // For a swarm's secret or config, it is text; for a storage driver, an object of paths.
  if (name === "Data") return "string";
  if (name === "Config" && parent === "LogConfig") return "strings";
  if (KEPT.has(name)) return "nothing";
  return isSecretMember(name) || ANSWERED.has(name) ? "strings" : "nothing";
}

interface Container {
  readonly isObject: boolean;
  readonly name: string;
  readonly masking: Masking;
  /** The member whose value comes next. */
  key: string | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const STAR = 0x2a;
const EQUALS = 0x3d;

/**
 * Masks secrets in JSON as it passes, in pieces of any size: each byte becomes "*", so that lengths and pieces do not
 * change. Text other than JSON passes.
 */
export class MaskedJson {
  readonly #root: Masking;
  readonly #open: Container[] = [];
  #inString = false;
  #isKey = false;
  #isEscaped = false;
  #masks = false;
  #afterEquals = false;
  #name: number[] = [];
  /** Whether anything was masked. */
  hasMasked = false;

  /** `isSettings`: the value is a list of "NAME=value", like a plugin's settings. */
  constructor({ isSettings = false } = {}) {
    this.#root = isSettings ? "values" : "nothing";
  }

  /** The next piece, masked. */
  mask(piece: Buffer): Buffer {
    const masked = Buffer.from(piece);
    for (let at = 0; at < masked.length; at += 1) {
      const byte = masked[at] as number;
      if (!this.#inString) this.#outside(byte);
      else if (this.#inside(byte)) masked[at] = STAR;
    }
    return masked;
  }

  #outside(byte: number): void {
    const container = this.#open.at(-1);
    switch (byte) {
      case QUOTE:
        this.#begin(container);
        break;
      case 0x7b: // {
      case 0x5b: // [
        this.#open.push({
          isObject: byte === 0x7b,
          name: container?.key ?? container?.name ?? "",
          masking: this.#masking(container),
          key: undefined,
        });
        break;
      case 0x7d: // }
      case 0x5d: // ]
        this.#open.pop();
        this.#valueEnded();
        break;
      case 0x2c: // ,
        this.#valueEnded();
        break;
    }
  }

  #masking(container: Container | undefined): Masking {
    if (!container) return this.#root;
    if (container.masking !== "nothing" && container.masking !== "string") return container.masking;
    return container.key === undefined ? "nothing" : maskingOf(container.key, container.name);
  }

  #begin(container: Container | undefined): void {
    this.#inString = true;
    this.#isKey = container?.isObject === true && container.key === undefined;
    this.#name = [];
    const masking = this.#isKey ? "nothing" : this.#masking(container);
    this.#masks = masking !== "nothing";
    this.#afterEquals = masking !== "values";
  }

  /** A byte within a string; whether to mask it. */
  #inside(byte: number): boolean {
    if (!this.#isEscaped && byte === QUOTE) {
      this.#inString = false;
      const container = this.#open.at(-1);
      if (this.#isKey && container) container.key = Buffer.from(this.#name).toString();
      else this.#valueEnded();
      return false;
    }
    this.#isEscaped = !this.#isEscaped && byte === BACKSLASH;
    if (this.#isKey) this.#name.push(byte);
    if (!this.#masks) return false;
    if (!this.#afterEquals) {
      this.#afterEquals = byte === EQUALS;
      return false;
    }
    this.hasMasked = true;
    return true;
  }

  #valueEnded(): void {
    const container = this.#open.at(-1);
    if (container?.isObject) container.key = undefined;
  }
}
