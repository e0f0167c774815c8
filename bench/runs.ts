import type { Site } from "./site.js";
import type { Runs } from "./targets.js";
import { type Measured, WORKLOADS, type Workload, type WorkloadName } from "./workloads.js";

/** How a workload is measured. */
export interface Plan {
  readonly rounds: number;
  readonly isShort: boolean;
  /** All clients by default. */
  readonly clients?: readonly string[];
  /** The runtime; that of this process by default. */
  readonly program?: string;
}

/** Measures a workload: the clients take turns, and each run is a process of its own. Figures are per unit. */
export async function runsOf(site: Site, name: WorkloadName, plan: Plan): Promise<Runs> {
  const workload: Workload = WORKLOADS[name];
  const size = plan.isShort ? workload.short : workload.size;
  const units = size / workload.perUnit;
  const host = name === "call" || name === "concurrent" ? site.hostOfSmall : site.host;
  const runs: Record<string, Measured[]> = {};
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const client of plan.clients ?? workload.clients) {
      const { seconds, cpu, peak } = await site.measure({ client, workload: name, size, host }, plan.program);
      runs[client] ??= [];
      runs[client].push({ seconds: seconds / units, cpu: cpu / units, peak });
    }
  }
  return runs;
}

/** The clients that a workload's targets name, and this package. */
export function comparedClients({ clients, targets }: Workload): string[] {
  const [ours = ""] = clients;
  const others = targets.flatMap(({ against }) => (against === undefined ? [] : [against]));
  return [ours, ...new Set(others)];
}
