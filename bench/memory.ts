import type { Site } from "./site.js";
import type { Row } from "./targets.js";
import { EVENT_BYTES, OURS, STREAMS } from "./workloads.js";

const GIB = 1024;
const MIB_BYTES = 2 ** 20;
/** Peak memory is flat if the longer stream needs at most this many times as much, or this many MiB more. */
const FLAT = { ratio: 1.15, more: 16 };
/** This much of a stream to a file fits into memory. */
const TO_FILE_GIB = 4;

/** Peak memory in MiB of a process that reads or sends a stream of 1 GiB, and one of `gib`. */
export interface Growth {
  readonly short: number;
  readonly long: number;
  readonly gib: number;
}

/** Measures how the memory of each stream depends on its length. */
export async function memoryOf(site: Site): Promise<Record<string, Growth>> {
  const growths: Record<string, Growth> = {};
  for (const workload of Object.keys(STREAMS)) {
    const gib = workload === "toFile" ? TO_FILE_GIB : 8;
    const perMib = workload === "events" ? MIB_BYTES / EVENT_BYTES : 1;
    const peak = async (mib: number): Promise<number> => {
      const size = Math.ceil(mib * perMib);
      return (await site.measure({ client: OURS, workload, size, host: site.host })).peak;
    };
    growths[workload] = { short: await peak(GIB), long: await peak(gib * GIB), gib };
    console.log(`memory of ${workload}: ${JSON.stringify(growths[workload])}`);
  }
  return growths;
}

export function memoryRows(growths: Readonly<Record<string, Growth>>): Row[] {
  return Object.entries(growths).map(([name, { short, long, gib }]) => ({
    what: `Peak memory of ${STREAMS[name as keyof typeof STREAMS]}: ${gib} GiB`,
    ours: `${long.toFixed(0)} MiB`,
    other: `1 GiB: ${short.toFixed(0)} MiB`,
    ratio: (long / short).toFixed(2),
    target: `≤ ${FLAT.ratio} ×, or ${FLAT.more} MiB more`,
    isMet: long <= Math.max(short * FLAT.ratio, short + FLAT.more),
    isFar: long > Math.max(short * 2 * FLAT.ratio, short + 2 * FLAT.more),
  }));
}
