/** Stops the pipeline. The message names the source at fault and what to do. */
export class SpecError extends Error {
  override readonly name = "SpecError";
}
