import { apiVersion } from "../../generated/operations.js";

/** Whether version a is older than b; "1.9" is older than "1.48". */
export function isOlder(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA < majorB || (majorA === majorB && minorA < minorB);
}

const FORM = /^\d+\.\d+$/;

/**
 * The API version that calls are sent with: ours, or the Engine's if that is older. Nothing is asked beforehand; an
 * older Engine says so in its first answer. A pinned version stays as it is.
 */
export class VersionInUse {
  #current: string;
  #settled: boolean;

  constructor(pinned: string | undefined) {
    this.#current = pinned ?? apiVersion;
    this.#settled = pinned !== undefined;
  }

  get current(): string {
    return this.#current;
  }

  /** Whether the Engine is known to speak it. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Takes note of the version an Engine names; true if it is older than the one that `used`, so that a call failed for it. */
  learn(offered: string | null, used: string): boolean {
    if (offered === null || !FORM.test(offered)) return false;
    if (!this.#settled && isOlder(offered, this.#current)) this.#current = offered;
    this.#settled = true;
    return isOlder(this.#current, used);
  }
}
