import type { EventMessage } from "#generated/schema.js";

const NANOS = 1_000_000_000n;

/** Rounding error of today's nanoseconds as a number, which is exact only up to 2^53. */
const ROUNDING = 256n;

/**
 * Time of an event in nanoseconds, or its second if the Engine does not send them. For a rounded number it is slightly
 * early: repeated events are recognised, skipped ones would be lost.
 */
export function nanoseconds({ time, timeNano }: EventMessage): bigint {
  const nanos: unknown = timeNano;
  if (!isInteger(nanos)) return isInteger(time) ? BigInt(time) * NANOS : 0n;
  return BigInt(nanos) - (typeof nanos === "number" && !Number.isSafeInteger(nanos) ? ROUNDING : 0n);
}

const isInteger = (value: unknown): value is number | bigint =>
  typeof value === "bigint" || Number.isInteger(value);

/** Nanoseconds in the form of `since`: seconds with nine exact decimals. */
export const secondsText = (nanos: bigint): string =>
  `${nanos / NANOS}.${String(nanos % NANOS).padStart(9, "0")}`;
