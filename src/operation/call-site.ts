/** Where a method of the client was called. Errors that arise later begin their stack there, not within this package. */
export class CallSite {
  /** Filled by V8 and JavaScriptCore; it costs little until it is read. */
  readonly stack?: string;

  /** `above` was called by the public method whose caller is meant. */
  constructor(above: (...args: never[]) => unknown) {
    Error.captureStackTrace?.(this, above);
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
    if (!(error instanceof Error) || this.stack === undefined) return;
    // The first line names the holder, the second the public method itself.
    const frames = this.stack.split("\n").slice(2).join("\n");
    error.stack = `${error.name}: ${error.message}\n${frames}`;
  }
}
