import { describe } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";

/**
 * A point in time: a Date; Unix seconds as a number, or as text with up to nine decimals; an RFC 3339 time as in logs
 * and events; or how long ago, as in the docker CLI: `"10m"`, `"1h30m"`, `"1.5s"` (by the local clock).
 */
export type Moment = Date | number | string;

const SECONDS = /^\d+(\.\d{1,9})?$/;
const RFC_3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/i;
const DURATION = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const PART_OF_DURATION = /([\d.]+)(\D+)/g;
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** As seconds, this is the year 5138; as milliseconds, 1973, which must be what is meant. */
const TOO_MANY_SECONDS = 1e11;

/**
 * Converts a moment to Unix seconds with decimals, as the Engine expects.
 *
 * @throws {ArgumentError} it is not a moment, or before 1970
 */
export function secondsOf(moment: unknown, where: string, now: () => number = Date.now): string {
  const seconds =
    moment instanceof Date
      ? ofMilliseconds(moment.getTime())
      : typeof moment === "number"
        ? ofNumber(moment)
        : typeof moment === "string"
          ? ofText(moment, now)
          : undefined;
  if (seconds !== undefined) return seconds;
  throw new ArgumentError(
    `${where} must be a Date, Unix seconds, an RFC 3339 time such as "2026-01-31T12:00:00Z", or how long ago, such as ` +
      `"10m" or "1h30m", not ${describe(moment)}${hint(moment)}. It must be in 1970 or later.`,
  );
}

function ofMilliseconds(ms: number): string | undefined {
  return ms >= 0 ? (ms / 1000).toFixed(3) : undefined;
}

function ofNumber(seconds: number): string | undefined {
  if (!(seconds >= 0 && seconds < TOO_MANY_SECONDS)) return undefined;
  const text = String(seconds);
  return SECONDS.test(text) ? text : seconds.toFixed(9);
}

function ofText(text: string, now: () => number): string | undefined {
  if (SECONDS.test(text)) return Number(text) < TOO_MANY_SECONDS ? text : undefined;
  if (DURATION.test(text)) return ofMilliseconds(now() - durationMs(text));
  const [, time, fraction = "", zone] = RFC_3339.exec(text) ?? [];
  if (time === undefined || zone === undefined) return undefined;
  // The fraction stays text: a number would round nanoseconds.
  const seconds = Date.parse(`${time}${zone}`.toUpperCase()) / 1000;
  return seconds >= 0 ? `${seconds}.${fraction.slice(0, 9).padEnd(3, "0")}` : undefined;
}

function durationMs(text: string): number {
  let sum = 0;
  for (const [, amount, unit = ""] of text.matchAll(PART_OF_DURATION)) {
    sum += Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
  }
  return sum;
}

function hint(value: unknown): string {
  const isTooLate =
    (typeof value === "number" || typeof value === "string") && Number(value) >= TOO_MANY_SECONDS;
  return isTooLate && Number.isFinite(Number(value)) ? " (are these milliseconds?)" : "";
}
