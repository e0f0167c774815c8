import { coerce, compare, gt, satisfies, validRange } from "semver";

/** API versions as a semver range over `1.48`-like versions: ">=1.49", "<1.51", "1.47 || >=1.50". */
export type ApiRange = string;

const asSemver = (api: string): string => `${api}.0`;

export const isApiRange = (text: unknown): text is ApiRange =>
  typeof text === "string" && text.trim() !== "" && validRange(text) !== null;

export const holds = (range: ApiRange, api: string): boolean => satisfies(asSemver(api), range);

/** Compares API versions, for sorting oldest first. */
export const byAge = (a: string, b: string): number => compare(asSemver(a), asSemver(b));

/**
 * Narrows a range to exclude an API version and all those beyond it as seen from `home`, the version an action was written
 * for: what upstream fixed stays fixed, and what a version lacks, earlier ones lack too.
 */
export function narrowed(range: ApiRange | undefined, api: string, home: string | undefined): ApiRange {
  const origin = coerce(home);
  const limit = origin && gt(origin, asSemver(api)) ? `>${api}` : `<${api}`;
  const parts = (range ?? "").split("||").map((part) => `${part.trim()} ${limit}`.trim());
  return parts.join(" || ");
}
