import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Site } from "./site.js";
import { median, type Row } from "./targets.js";

/** What scale.mjs does at once, and how often. */
const LOADS = {
  logs: { title: "1,000 followed logs", count: 1000 },
  followedExecs: { title: "500 endless execs", count: 500 },
  execs: { title: "500 execs with 2 MiB of output", count: 500 },
  calls: { title: "10,000 small calls", count: 10_000 },
} as const;

/** node:http keeps this many idle connections. */
const KEPT = 256;
/** Noise of a heap after its collection, in MiB. */
const HEAP_NOISE = 4;
/** The allocator may keep some of what it got: noise of a process's memory. */
const RSS = { ratio: 1.15, more: 16 };
/** The slowest stream gets at least this part of what the median gets. */
const FAIR = 0.5;

interface State {
  readonly heap: number;
  readonly rss: number;
  readonly sockets: number;
}

/** What scale.mjs prints. */
export interface Scale {
  readonly before: Omit<State, "sockets">;
  readonly waves: readonly (State & {
    readonly seconds: number;
    readonly mib: number;
    readonly fairness?: number;
  })[];
  readonly peak: number;
  readonly warnings: number;
  readonly socketsAfterClose: number;
}

export async function scaleOf(site: Site): Promise<Record<string, Scale>> {
  const found: Record<string, Scale> = {};
  for (const [load, { count }] of Object.entries(LOADS)) {
    const setting = JSON.stringify({ host: site.host, load, count });
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ["--expose-gc", "scale.mjs", setting],
      {
        cwd: site.folder,
      },
    );
    if (stderr) console.error(stderr);
    found[load] = JSON.parse(stdout) as Scale;
  }
  return found;
}

export function scaleRows(found: Readonly<Record<string, Scale>>): Row[] {
  return Object.entries(found).flatMap(([load, scale]) => rowsOfLoad(load as keyof typeof LOADS, scale));
}

function rowsOfLoad(
  load: keyof typeof LOADS,
  { before, waves, peak, warnings, socketsAfterClose }: Scale,
): Row[] {
  const { title } = LOADS[load];
  // The first wave fills what is kept for the next ones.
  const [second, last] = [waves[1], waves.at(-1)];
  if (!second || !last) throw new Error(`${load}: fewer than two waves`);
  const mib = (value: number): string => `${value.toFixed(1)} MiB`;
  const row = (what: string, ours: string, other: string, target: string, isMet: boolean): Row => ({
    ...{ what: `${title}: ${what}`, ours, other, ratio: "", target, isMet, isFar: false },
  });
  const fairness = waves.flatMap((wave) => wave.fairness ?? []);
  const seconds = median(waves.map((wave) => wave.seconds));
  const rate = median(waves.map((wave) => wave.mib / wave.seconds));
  return [
    row("time of a wave", `${seconds.toFixed(2)} s`, rate > 0 ? `${rate.toFixed(0)} MiB/s` : "", "", true),
    row(
      "heap after the last wave",
      mib(last.heap),
      `after the second: ${mib(second.heap)}; before: ${mib(before.heap)}`,
      `≤ ${HEAP_NOISE} MiB more`,
      last.heap <= second.heap + HEAP_NOISE,
    ),
    row(
      `resident memory after the last wave (peak ${peak.toFixed(0)} MiB)`,
      mib(last.rss),
      `after the second: ${mib(second.rss)}; before: ${mib(before.rss)}`,
      `≤ ${RSS.ratio} ×, or ${RSS.more} MiB more`,
      last.rss <= Math.max(second.rss * RSS.ratio, second.rss + RSS.more),
    ),
    row("warnings", String(warnings), "", "0", warnings === 0),
    row("connections kept", String(last.sockets), "", `≤ ${KEPT}`, last.sockets <= KEPT),
    row("connections after close()", String(socketsAfterClose), "", "0", socketsAfterClose === 0),
    ...(fairness.length > 0
      ? [
          row(
            "slowest stream to the median",
            Math.min(...fairness).toFixed(2),
            "",
            `≥ ${FAIR}`,
            Math.min(...fairness) >= FAIR,
          ),
        ]
      : []),
  ];
}
