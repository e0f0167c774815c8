/** Where a method of the client was called. Stacks of later errors begin there instead of inside this package. */
export class CallSite {
  /** Filled in by the runtime on first read; cheap until then. */
  readonly stack?: string;
  readonly #skipped: number;

  /**
   * @param callee the method called, or a function that it calls
   * @param skipped the number of frames between the two
   */
  constructor(callee: (...args: never[]) => unknown, skipped = 0) {
    Error.captureStackTrace?.(this, callee);
    this.#skipped = skipped;
  }

  /** Claims the error if a promise rejects. */
  async trace<T>(outcome: Promise<T>): Promise<T> {
    try {
      return await outcome;
    } catch (error) {
      this.claim(error);
      throw error;
    }
  }

  /** Makes an error's stack begin at this site. */
  claim(error: unknown): void {
    if (!(error instanceof Error)) return;
    // The first line is this object's name.
    const frames = this.stack?.split("\n").slice(1 + this.#skipped);
    if (frames?.length) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  }
}
