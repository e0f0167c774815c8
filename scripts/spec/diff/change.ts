/**
 * What a change means to someone who compiles against the SDK: `major` may stop their code from compiling or working,
 * `minor` offers something new, `patch` is neither.
 */
export type Level = (typeof levels)[number];
export const levels = ["patch", "minor", "major"] as const;

/** One difference between two corrected descriptions. */
export interface Change {
  /** Stable name of this kind of change, for spec/severity.yaml and for scripts. */
  readonly rule: string;
  readonly level: Level;
  /** What kind of thing changed. */
  readonly subject: "operation" | "parameter" | "body" | "status" | "header" | "type" | "field" | "enum";
  readonly action: "added" | "removed" | "changed";
  /** Where: an operation or type, and its part. */
  readonly place: string;
  /** Further details. */
  readonly detail: string;
}

/** The combined level of several changes. */
export const worst = (changes: readonly Pick<Change, "level">[]): Level | "none" =>
  levels.findLast((level) => changes.some((change) => change.level === level)) ?? "none";
