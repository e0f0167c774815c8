import { ArgumentError } from "../errors.js";

/** A piece that waits until it is known whether a secret begins in it. */
interface Waiting {
  readonly bytes: Buffer;
  readonly pass: (masked: Buffer) => void;
}

/** The forms in which a recording could hold given secrets: as they are, in JSON, in a URL, in base64. */
export function formsOf(secrets: readonly string[]): Buffer[] {
  return secrets.flatMap((secret) => {
    if (secret.length < 4) {
      throw new ArgumentError(
        "recordEngine: each of `secrets` must be text of at least four characters, or it would be found everywhere",
      );
    }
    const inJson = JSON.stringify(secret).slice(1, -1);
    const forms = new Set([secret, inJson, encodeURIComponent(secret), ...inBase64(secret)]);
    return [...forms].map((form) => Buffer.from(form));
  });
}

/** A secret within base64, for each position in a group of three bytes, without the characters that its neighbours affect. */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes]);
    const [first, last] = [Math.ceil((before * 8) / 6), Math.floor((all.length * 8) / 6)];
    return [all.toString("base64"), all.toString("base64url")].map((text) => text.slice(first, last));
  });
}

/** Text without the given secrets. */
export function maskedText(text: string, forms: readonly Buffer[]): string {
  let masked = text;
  const values = new MaskedValues(forms);
  values.add(Buffer.from(text), (bytes) => {
    masked = bytes.toString();
  });
  values.end();
  return masked;
}

/**
 * Masks given secrets in bytes as they pass, byte by byte, even across pieces: a piece that may end within a secret waits
 * for the next.
 */
export class MaskedValues {
  readonly #forms: readonly Buffer[];
  #waiting: Waiting[] = [];
  /** Whether anything was masked. */
  hasMasked = false;

  constructor(forms: readonly Buffer[]) {
    this.#forms = forms;
  }

  /** Takes the next piece, and passes on those that can no longer change. */
  add(bytes: Buffer, pass: Waiting["pass"]): void {
    this.#waiting.push({ bytes, pass });
    const all = this.#masked();
    if (!this.#mayContinue(all)) this.#pass(all);
  }

  /** Passes on the pieces that still wait. */
  end(): void {
    if (this.#waiting.length > 0) this.#pass(this.#masked());
  }

  /** All waiting pieces, joined. */
  #masked(): Buffer {
    const all = Buffer.concat(this.#waiting.map(({ bytes }) => bytes));
    for (const form of this.#forms) {
      for (let at = all.indexOf(form); at >= 0; at = all.indexOf(form, at + form.length)) {
        all.fill("*", at, at + form.length);
        this.hasMasked = true;
      }
    }
    return all;
  }

  /** Whether the bytes end with the beginning of a secret. */
  #mayContinue(all: Buffer): boolean {
    return this.#forms.some((form) => {
      for (let length = Math.min(form.length - 1, all.length); length > 0; length -= 1) {
        if (all.subarray(all.length - length).equals(form.subarray(0, length))) return true;
      }
      return false;
    });
  }

  #pass(all: Buffer): void {
    let at = 0;
    for (const { bytes, pass } of this.#waiting.splice(0)) {
      pass(all.subarray(at, at + bytes.length));
      at += bytes.length;
    }
  }
}
