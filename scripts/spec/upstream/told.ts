import type { Path } from "../correct/apply-overlay.js";

/** A correction that a patch can tell upstream, at one place. */
export interface Told {
  /** What the overlay it is in is about. */
  readonly subject: string;
  /** What is wrong. */
  readonly why: string;
  /** The place in the corrected document, parameters by name, and what is said of it; nothing if it is removed. */
  readonly place: Path;
  readonly update?: unknown;
  /** What is removed from the list there. */
  readonly item?: unknown;
  /** The paths that it changes in the Swagger document. */
  readonly paths: readonly Path[];
}

/** A correction that stays here. */
export interface Left {
  readonly subject: string;
  readonly why: string;
  readonly target: string;
  readonly reason: string;
}
