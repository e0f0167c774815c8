import type { Measured, Target, Workload } from "./workloads.js";
import { OURS } from "./workloads.js";

/** Runs by client; the clients took turns, so runs with the same index belong together. */
export type Runs = Readonly<Record<string, readonly Measured[]>>;

/** A line of the results. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly other: string;
  readonly ratio: string;
  readonly target: string;
  readonly isMet: boolean;
  /** Worse than half the target, or its known limit, which no busy machine explains. False without a ratio. */
  readonly isFar: boolean;
  /** Why the target cannot be met. */
  readonly why?: string | undefined;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return (low + high) / 2;
};

/** Medians of each figure. */
export const mediansOf = (runs: readonly Measured[]): Measured => ({
  seconds: median(runs.map(({ seconds }) => seconds)),
  cpu: median(runs.map(({ cpu }) => cpu)),
  peak: median(runs.map(({ peak }) => peak)),
});

/** The median of the rounds' ratios: load that comes and goes meets both clients of a round. */
export const ratioOf = (ours: readonly number[], others: readonly number[]): number =>
  median(ours.map((value, round) => value / (others[round] ?? Number.NaN)));

const GB_PER_GIB = 2 ** 30 / 1e9;

const FIGURES: Readonly<Record<Target["of"], (run: Measured) => number>> = {
  time: ({ seconds }) => seconds,
  CPU: ({ cpu }) => cpu,
  rate: ({ seconds }) => 1 / seconds,
};

/** The rows of a workload: one for each target. */
export function rowsOf(workload: Workload, runs: Runs): Row[] {
  return workload.targets.map((target) => rowOf(workload, target, runs));
}

function rowOf({ title, unit }: Workload, target: Target, runs: Runs): Row {
  const { of, against, atMost, atLeast } = target;
  const what = `${title}: ${of}`;
  const ours = (runs[OURS] ?? []).map(FIGURES[of]);
  const others = against === undefined ? [] : (runs[against] ?? []).map(FIGURES[of]);
  const show = (value: number): string =>
    of !== "rate"
      ? timeText(value)
      : unit === "GiB"
        ? `${(value * GB_PER_GIB).toFixed(2)} GB/s`
        : `${value.toFixed(2)} per s`;
  const bound = (text: (value: number) => string): string =>
    atMost === undefined ? `≥ ${text(atLeast ?? Number.NaN)}` : `≤ ${text(atMost)}`;
  const ratio = against === undefined ? median(ours) : ratioOf(ours, others);
  const { isMet, isFar } = judge(ratio, target);
  const common = { what, ours: show(median(ours)), isMet };
  return against === undefined
    ? { ...common, other: "", ratio: "", target: bound(show), isFar: false }
    : {
        ...common,
        other: `${against}: ${show(median(others))}`,
        ratio: ratio.toFixed(2),
        target: bound((value) => `${value} ×`),
        isFar,
        why: isMet ? undefined : target.limit?.why,
      };
}

/** Compares with a bound; a figure that is missing meets none. */
export function judge(
  value: number,
  { atMost, atLeast = Number.NaN, limit }: Pick<Target, "atMost" | "atLeast" | "limit">,
): Pick<Row, "isMet" | "isFar"> {
  if (atMost !== undefined)
    return { isMet: value <= atMost, isFar: !(value <= 2 * (limit?.reaches ?? atMost)) };
  return { isMet: value >= atLeast, isFar: !(value >= (limit?.reaches ?? atLeast) / 2) };
}

export const timeText = (seconds: number): string =>
  seconds < 0.001
    ? `${(seconds * 1e6).toFixed(0)} µs`
    : seconds < 1
      ? `${(seconds * 1e3).toFixed(1)} ms`
      : `${seconds.toFixed(2)} s`;
