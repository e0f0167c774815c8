import type { EventMessage } from "../../../generated/schema.js";

const NANOS = 1_000_000_000n;

/** By how much a number of nanoseconds of our days may be off: numbers are exact to 2^53 only. */
const ROUNDING = 256n;

/**
 * When an event happened, in nanoseconds; of an Engine that does not count them, the second. A rounded number gives a
 * moment just before: what is told again is recognized, what is skipped would be lost.
 */
export function nanoseconds({ time, timeNano }: EventMessage): bigint {
  const nanos: number | bigint | undefined = timeNano;
  if (nanos === undefined) return BigInt(String(time ?? 0)) * NANOS;
  return BigInt(String(nanos)) - (typeof nanos === "number" && !Number.isSafeInteger(nanos) ? ROUNDING : 0n);
}

/** Nanoseconds as `since` takes them: seconds with nine decimals, all of them exact. */
export const secondsText = (nanos: bigint): string =>
  `${nanos / NANOS}.${String(nanos % NANOS).padStart(9, "0")}`;
