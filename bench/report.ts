import type { Figures } from "./chart.js";
import { type Growth, memoryRows } from "./memory.js";
import { type PackageFigures, packageRows } from "./package.js";
import { engineRows } from "./real-engine.js";
import { type RuntimeFigures, runtimeTable } from "./runtimes.js";
import { type Scale, scaleRows } from "./scale.js";
import { mediansOf, type Row, type Runs, ratioOf, rowsOf, timeText } from "./targets.js";
import { type Measured, OURS, WORKLOADS, type Workload, type WorkloadName } from "./workloads.js";

/** All that was measured, as in the file of --json. */
export interface Results {
  readonly machine: string;
  readonly date: string;
  readonly rounds: number;
  readonly workloads?: Readonly<Partial<Record<WorkloadName, Runs>>>;
  readonly package?: PackageFigures;
  readonly memory?: Readonly<Record<string, Growth>>;
  readonly scale?: Readonly<Record<string, Scale>>;
  readonly engine?: Readonly<Record<string, Runs>>;
  readonly runtimes?: RuntimeFigures;
}

/** Every row that has been measured, in the order of the issue. */
export function allRows({ workloads = {}, package: costs, memory = {}, engine = {} }: Results): Row[] {
  return [
    ...Object.entries(workloads).flatMap(([name, runs]) => rowsOf(WORKLOADS[name as WorkloadName], runs)),
    ...(costs ? packageRows(costs) : []),
    ...memoryRows(memory),
    ...engineRows(engine),
  ];
}

const RATIOS =
  "A ratio is the median of the rounds' ratios, so it may differ from that of the two medians shown.";

const LIMITS =
  "These targets are out of reach as far as we know; on the other missed ones, see " +
  "[what was tried](#what-was-tried-and-what-the-limits-are).";

/** A line for each reason why targets are out of reach. */
function limitsOf(rows: readonly Row[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const { what, target, why } of rows)
    if (why !== undefined) reasons.set(why, [...(reasons.get(why) ?? []), `${what}, ${target}`]);
  return [...reasons].map(([why, missed]) => `- ${missed.join("; ")}: ${why}`);
}

/** Rows as a Markdown table. */
export const tableOf = (rows: readonly Row[]): string =>
  [
    "| what | ours | other | ratio | target | |",
    "| --- | --: | --: | --: | --: | --- |",
    ...rows.map(
      ({ what, ours, other, ratio, target, isMet }) =>
        `| ${what} | ${ours} | ${other} | ${ratio} | ${target} | ${target === "" ? "" : isMet ? "met" : "**missed**"} |`,
    ),
  ].join("\n");

/** What each client needed for a workload. */
export function clientTable({ title, unit }: Workload, runs: Runs): string {
  const ours = runs[OURS] ?? [];
  const rows = Object.entries(runs).map(([client, list]) => {
    const { seconds, cpu, peak } = mediansOf(list);
    const ratio = (figure: (run: Measured) => number): string => {
      const found = ratioOf(ours.map(figure), list.map(figure));
      return client === OURS || !Number.isFinite(found) ? "" : found.toFixed(2);
    };
    return `| ${client} | ${timeText(seconds)} | ${ratio((run) => run.seconds)} | ${timeText(cpu)} | ${ratio((run) => run.cpu)} | ${peak.toFixed(0)} MiB |`;
  });
  return [
    `**${title}**, per ${unit}`,
    "",
    "| client | time | ours ÷ it | CPU | ours ÷ it | peak memory |",
    "| --- | --: | --: | --: | --: | --: |",
    ...rows,
  ].join("\n");
}

export const clientTables = (workloads: NonNullable<Results["workloads"]>): string =>
  Object.entries(workloads)
    .map(([name, runs]) => clientTable(WORKLOADS[name as WorkloadName], runs))
    .join("\n\n");

export const figuresOf = (workloads: NonNullable<Results["workloads"]>): Figures =>
  Object.fromEntries(
    Object.entries(workloads).map(([name, runs]) => [
      name,
      Object.fromEntries(Object.entries(runs).map(([client, list]) => [client, mediansOf(list)])),
    ]),
  );

/** All of it as Markdown. */
export function reportOf(results: Results): string {
  const { workloads = {}, scale, runtimes, machine, date, rounds } = results;
  const rows = allRows(results);
  const limits = limitsOf(rows);
  const parts = [
    `Measured ${date.slice(0, 10)} on ${machine}; medians of ${rounds} alternating rounds. ${RATIOS}`,
    tableOf(rows),
    ...(limits.length > 0 ? [LIMITS, limits.join("\n")] : []),
    ...(scale ? ["### Scale", tableOf(scaleRows(scale))] : []),
    ...(runtimes ? ["### Runtimes", runtimeTable(runtimes)] : []),
    ...(Object.keys(workloads).length > 0 ? ["### Every client", clientTables(workloads)] : []),
  ];
  return parts.join("\n\n");
}
