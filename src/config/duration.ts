/** The longest that setTimeout can wait, about 25 days; it takes anything longer for one millisecond. */
export const LONGEST_MS = 2 ** 31 - 1;

/** Whether a value is a number of milliseconds that can be waited for. */
export function isDuration(ms: unknown): ms is number {
  return typeof ms === "number" && ms > 0 && ms <= LONGEST_MS;
}
