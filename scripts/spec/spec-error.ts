/** What stops the pipeline: the message names the source at fault and what to do about it. */
export class SpecError extends Error {
  override readonly name = "SpecError";
}
