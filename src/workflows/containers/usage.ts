import { ArgumentError } from "../../errors.js";
import { isHolder, isObject, kindOf } from "../../members.js";
import { problemIn, type Shape } from "../checked-answer.js";

type Count = number | bigint;

interface ProcessorSample {
  readonly cpu_usage?: { readonly total_usage?: Count; readonly percpu_usage?: readonly Count[] };
  readonly system_cpu_usage?: Count;
  readonly online_cpus?: number;
}

/**
 * The fields of a `ContainerStatsResponse` that {@link usageOf} reads. Which of them are present depends on the Engine,
 * its API version and its operating system.
 */
export interface UsageSample {
  /** When the sample was taken. */
  readonly read?: string;
  /** When the previous sample was taken. */
  readonly preread?: string;
  /** "linux" or "windows". */
  readonly os_type?: string;
  /** CPUs of the machine; Windows only. */
  readonly num_procs?: number;
  /** CPU time so far. */
  readonly cpu_stats?: ProcessorSample;
  /** CPU time of the previous sample. */
  readonly precpu_stats?: ProcessorSample;
  /** Memory, in bytes. */
  readonly memory_stats?: {
    readonly usage?: Count;
    readonly limit?: Count;
    readonly stats?: Readonly<Record<string, Count>>;
    readonly privateworkingset?: Count;
  };
  /** Bytes of each network interface, by name. */
  readonly networks?: Readonly<Record<string, { readonly rx_bytes: Count; readonly tx_bytes: Count }>> | null;
  /** Bytes of block devices; Linux only. */
  readonly blkio_stats?: {
    readonly io_service_bytes_recursive?: readonly { readonly op: string; readonly value: Count }[] | null;
  };
  /** Bytes of storage; Windows only. */
  readonly storage_stats?: { readonly read_size_bytes?: Count; readonly write_size_bytes?: Count };
  /** Processes and threads; Linux only. */
  readonly pids_stats?: { readonly current?: Count };
}

/** A container's resource use, as `docker stats` shows it. Bytes and counts are as exact as a number can be. */
export interface ContainerUsage {
  /** Share of CPU time since the previous sample, in percent of one CPU: two busy CPUs are 200. */
  readonly cpuPercent: number;
  /** Memory in use. */
  readonly memory: {
    /** Bytes in use, without the file cache that the kernel can drop; on Windows the private working set. */
    readonly used: number;
    /** The container's limit in bytes, or the machine's memory if unlimited; 0 on Windows. */
    readonly limit: number;
    /** Percent of the limit; 0 on Windows. */
    readonly percent: number;
  };
  /** Bytes over all interfaces since the start; 0 without its own network. */
  readonly network: { readonly received: number; readonly sent: number };
  /** Bytes of block devices since the start, page cache aside. */
  readonly blockIO: { readonly read: number; readonly written: number };
  /** Processes and threads; 0 on Windows, which does not count them. */
  readonly pids: number;
}

/**
 * Computes a container's resource use from a sample of `containerStats`, by the formulas of `docker stats`: for both
 * cgroup versions and for Windows containers.
 *
 * CPU use needs two samples. A sample holds the one before it, except the first of a stream and any with `one-shot`:
 * there, CPU use is an average since the machine started, unless you pass an earlier sample.
 *
 * @param stats a sample
 * @param previous an earlier sample of the same container to compute CPU use from; the one within `stats` by default
 * @returns percentages and bytes
 * @throws {ArgumentError} a sample is not an object with the Engine's fields
 * @example
 * const stats = await docker.containerStats("web", { stream: false });
 * const { cpuPercent, memory } = usageOf(stats);
 * console.log(`${cpuPercent.toFixed(2)}% ${memory.used} of ${memory.limit} bytes`);
 */
export function usageOf(stats: UsageSample, previous?: UsageSample): ContainerUsage {
  const now = checked(stats, "the sample");
  const before = previous === undefined ? ownPrevious(now) : checked(previous, "the previous sample");
  return {
    ...(isWindows(now) ? windowsUsage(now, before) : unixUsage(now, before)),
    network: networkBytes(now),
  };
}

function checked(sample: UsageSample, what: string): UsageSample {
  const fail = (found: string): never => {
    throw new ArgumentError(`usageOf: ${what} must be what containerStats gives, not ${found}`);
  };
  if (!isObject(sample)) return fail(kindOf(sample));
  if (!isObject(sample.cpu_stats))
    return fail(isHolder(sample) ? kindOf(sample) : `${kindOf(sample)} without cpu_stats`);
  const problem = problemIn(sample, SAMPLE);
  return problem === undefined ? sample : fail(`an object with ${problem}`);
}

const PROCESSOR: Shape = {
  cpu_usage: { total_usage: "number", percpu_usage: ["number"] },
  system_cpu_usage: "number",
  online_cpus: "number",
};
const SAMPLE: Shape = {
  read: "string",
  preread: "string",
  os_type: "string",
  num_procs: "number",
  cpu_stats: PROCESSOR,
  precpu_stats: PROCESSOR,
  memory_stats: {
    usage: "number",
    limit: "number",
    stats: { inactive_file: "number", total_inactive_file: "number" },
    privateworkingset: "number",
  },
  networks: { "*": { rx_bytes: "number", tx_bytes: "number" } },
  blkio_stats: { io_service_bytes_recursive: [{ op: "string", value: "number" }] },
  storage_stats: { read_size_bytes: "number", write_size_bytes: "number" },
  pids_stats: { current: "number" },
};

/** The previous sample, as far as a sample holds it. */
const ownPrevious = ({ precpu_stats, preread }: UsageSample): UsageSample => ({
  cpu_stats: precpu_stats ?? {},
  ...(preread !== undefined && { read: preread }),
});

/** Only Windows counts processors there; since API 1.52 a sample names the system itself. */
const isWindows = ({ os_type, num_procs = 0 }: UsageSample): boolean =>
  os_type ? os_type === "windows" : num_procs > 0;

type WithoutNetwork = Omit<ContainerUsage, "network">;

function unixUsage(now: UsageSample, before: UsageSample): WithoutNetwork {
  const limit = Number(now.memory_stats?.limit ?? 0);
  const used = withoutCache(now);
  return {
    cpuPercent: unixPercent(now, before),
    memory: { used, limit, percent: limit === 0 ? 0 : (used / limit) * 100 },
    blockIO: { read: blockBytes(now, "r"), written: blockBytes(now, "w") },
    pids: Number(now.pids_stats?.current ?? 0),
  };
}

function windowsUsage(now: UsageSample, before: UsageSample): WithoutNetwork {
  return {
    cpuPercent: windowsPercent(now, before),
    memory: { used: Number(now.memory_stats?.privateworkingset ?? 0), limit: 0, percent: 0 },
    blockIO: {
      read: Number(now.storage_stats?.read_size_bytes ?? 0),
      written: Number(now.storage_stats?.write_size_bytes ?? 0),
    },
    pids: 0,
  };
}

const cpuTime = ({ cpu_stats }: UsageSample): number => Number(cpu_stats?.cpu_usage?.total_usage ?? 0);
const systemTime = ({ cpu_stats }: UsageSample): number => Number(cpu_stats?.system_cpu_usage ?? 0);

function unixPercent(now: UsageSample, before: UsageSample): number {
  const used = cpuTime(now) - cpuTime(before);
  const passed = systemTime(now) - systemTime(before);
  const processors = now.cpu_stats?.online_cpus || (now.cpu_stats?.cpu_usage?.percpu_usage?.length ?? 0);
  return used > 0 && passed > 0 ? (used / passed) * processors * 100 : 0;
}

/** Windows counts CPU time in units of 100 ns. */
function windowsPercent(now: UsageSample, before: UsageSample): number {
  const possible = (nanosecondsBetween(before.read, now.read) / 100) * (now.num_procs ?? 0);
  return possible > 0 ? ((cpuTime(now) - cpuTime(before)) / possible) * 100 : 0;
}

/** A number cannot hold a time to the nanosecond, but it can hold the difference. */
function nanosecondsBetween(earlier = "", later = ""): number {
  const partsOf = (moment: string): [number, number] => {
    const [, second = "", fraction = "0", zone = ""] =
      /^([^.]*?)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(moment) ?? [];
    return [Date.parse(second + zone) * 1e6, Math.round(Number(fraction) * 1e9)];
  };
  const [[before, beforeRest], [after, afterRest]] = [partsOf(earlier), partsOf(later)];
  return after - before + (afterRest - beforeRest);
}

/** The kernel's counter for the cache that it can drop depends on the cgroup version. */
function withoutCache({ memory_stats }: UsageSample): number {
  const { usage = 0, stats } = memory_stats ?? {};
  const cache = [stats?.total_inactive_file, stats?.inactive_file].find(
    (bytes) => bytes !== undefined && bytes < usage,
  );
  return Number(usage) - Number(cache ?? 0);
}

function networkBytes({ networks }: UsageSample): ContainerUsage["network"] {
  let [received, sent] = [0, 0];
  for (const network of Object.values(networks ?? {})) {
    received += Number(network?.rx_bytes ?? 0);
    sent += Number(network?.tx_bytes ?? 0);
  }
  return { received, sent };
}

/** Engines write operations with or without a capital letter. */
const blockBytes = ({ blkio_stats }: UsageSample, operation: "r" | "w"): number =>
  (blkio_stats?.io_service_bytes_recursive ?? [])
    .filter(({ op }) =>
      String(op ?? "")
        .toLowerCase()
        .startsWith(operation),
    )
    .reduce((total, { value }) => total + Number(value ?? 0), 0);
