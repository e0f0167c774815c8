import type { Result } from "../../src/index.js";

/** The results of several calls, each with its error if it failed. */
export async function outcomes(
  calls: readonly { result(): Promise<Result<unknown>> }[],
): Promise<{ readonly ok: boolean; readonly error?: Error }[]> {
  return Promise.all(calls.map((call) => call.result()));
}
