import type { Site } from "./site.js";
import type { Row } from "./targets.js";
import { EVENT_BYTES, OURS, STREAMS } from "./workloads.js";

const GIB = 1024;
const MIB_BYTES = 2 ** 20;
/**
 * Peak memory is flat if the longer stream needs at most this many times as much, or this many MiB more: V8's young
 * generation alone grows by that much once a program has allocated for a while.
 */
const FLAT = { ratio: 1.15, more: 32 };
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
    const measure = async (): Promise<Growth> => ({
      ...{ short: await peak(GIB), long: await peak(gib * GIB), gib },
    });
    let growth = await measure();
    if (!isFlat(growth)) {
      // A late garbage collection raises a peak, but nothing lowers it below what the stream needs.
      const { short, long } = await measure();
      growth = { short: Math.min(growth.short, short), long: Math.min(growth.long, long), gib };
    }
    growths[workload] = growth;
    console.log(`memory of ${workload}: ${JSON.stringify(growth)}`);
  }
  return growths;
}

const isFlat = ({ short, long }: Growth): boolean => long <= Math.max(short * FLAT.ratio, short + FLAT.more);

export function memoryRows(growths: Readonly<Record<string, Growth>>): Row[] {
  return Object.entries(growths).map(([name, growth]) => ({
    what: `Peak memory of ${STREAMS[name as keyof typeof STREAMS]}: ${growth.gib} GiB`,
    ours: `${growth.long.toFixed(0)} MiB`,
    other: `1 GiB: ${growth.short.toFixed(0)} MiB`,
    ratio: (growth.long / growth.short).toFixed(2),
    target: `≤ ${FLAT.ratio} ×, or ${FLAT.more} MiB more`,
    isMet: isFlat(growth),
    isFar: false,
  }));
}
