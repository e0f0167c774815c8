/** Where a method of the client was called. Errors that arise later begin their stack there, not within this package. */
export class CallSite {
  /** Filled in by the runtime when it is read: until then it costs little. */
  readonly stack?: string;
  readonly #skipped: number;

  /**
   * @param callee the function whose caller is meant, or one that it has called
   * @param skipped how many functions there are between the two
   */
  constructor(callee: (...args: never[]) => unknown, skipped = 0) {
    Error.captureStackTrace?.(this, callee);
    this.#skipped = skipped;
  }

  /** Claims the error that a promise may reject with. */
  async trace<T>(outcome: Promise<T>): Promise<T> {
    try {
      return await outcome;
    } catch (error) {
      this.claim(error);
      throw error;
    }
  }

  /** Lets an error's stack begin at this site. */
  claim(error: unknown): void {
    if (!(error instanceof Error)) return;
    // The first line names this object.
    const frames = this.stack?.split("\n").slice(1 + this.#skipped);
    if (frames?.length) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  }
}
