import type { EventMessage } from "../../generated/schema.js";
import { ArgumentError } from "../errors/index.js";

/** A moment: Unix seconds as a number or text (of up to nine decimals), an RFC 3339 time, or a Date. */
export type Moment = number | string | Date;

const SECONDS = /^\d+(\.\d{1,9})?$/;

/** A moment as the Engine takes it: Unix seconds. @throws {ArgumentError} it is none */
export function secondsOf(moment: Moment, where: string): string {
  if (typeof moment === "string" && SECONDS.test(moment)) return moment;
  const time = typeof moment === "number" ? moment * 1000 : new Date(moment).getTime();
  if (time >= 0 && Number.isFinite(time)) return (time / 1000).toFixed(3);
  throw new ArgumentError(
    `${where} must be Unix seconds, a Date or an RFC 3339 time such as "2026-01-31T12:00:00Z", not ${String(moment)}`,
  );
}

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
