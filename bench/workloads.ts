/** What is measured, by whom, and what is wanted of it. The work itself is in workloads.mjs. */

export const OURS = "docker-engine-sdk";

/** What one run measured, per unit of its work: seconds, CPU seconds, and the process's peak memory in MiB. */
export interface Measured {
  readonly seconds: number;
  readonly cpu: number;
  readonly peak: number;
}

/** What is wanted of this package: a ratio to another client, or without one an absolute figure. */
export interface Target {
  readonly of: "time" | "CPU" | "rate";
  readonly against?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** For a target that cannot be met: what can, which the short run then asks for half of, and why. */
  readonly limit?: { readonly reaches: number; readonly why: string };
}

/** A workload of workloads.mjs. */
export interface Workload {
  readonly title: string;
  readonly unit: string;
  /** The work of a full and of a short run, in the workload's own measure: calls, MiB, events or files. */
  readonly size: number;
  readonly short: number;
  /** How much of that measure is a unit. */
  readonly perUnit: number;
  readonly clients: readonly string[];
  readonly targets: readonly Target[];
}

const OVER_HTTP = ["node-http", "dockerode", "node-sdk"];

const small = (of: Target["of"]): Target[] => [
  { of, against: "dockerode", atMost: 0.9 },
  { of, against: "node-sdk", atMost: 0.4 },
  { of, against: "node-http", atMost: 1.15 },
];

const asFastAsTar: Target[] = [{ of: "rate", against: "tar", atLeast: 0.5 }];

const KERNEL =
  "Half of an export's CPU time is spent in the kernel, which wakes the client for each of the Engine's writes and copies the bytes. " +
  "Reusing buffers would save a third, but a reader may hold on to a chunk.";

/** Of many small files. */
const manyAsFastAsTar: Target[] = [
  {
    ...{ of: "rate", against: "tar", atLeast: 0.5 },
    limit: {
      reaches: 0.3,
      why:
        "Two thirds are system calls for each file and sending over HTTP, and the first thousand files run in code that is " +
        "not compiled yet; tar starts compiled.",
    },
  },
];

export const WORKLOADS = {
  call: {
    title: "Small JSON call, one at a time",
    ...{ unit: "call", size: 3000, short: 1500, perUnit: 1 },
    clients: [OURS, ...OVER_HTTP, "undici"],
    targets: small("time"),
  },
  concurrent: {
    title: "Small JSON call, 50 at once",
    ...{ unit: "call", size: 5000, short: 2500, perUnit: 1 },
    clients: [OURS, ...OVER_HTTP, "undici"],
    targets: small("CPU"),
  },
  export: {
    title: "Export of 1 GiB to a sink",
    ...{ unit: "GiB", size: 1024, short: 256, perUnit: 1024 },
    clients: [OURS, ...OVER_HTTP, "undici", "curl"],
    targets: [
      { of: "rate", against: "dockerode", atLeast: 3, limit: { reaches: 2, why: KERNEL } },
      { of: "CPU", against: "dockerode", atMost: 0.25, limit: { reaches: 0.35, why: KERNEL } },
      { of: "rate", against: "curl", atLeast: 0.7, limit: { reaches: 0.4, why: KERNEL } },
    ],
  },
  exportToFile: {
    title: "Export of 1 GiB to a file in memory",
    ...{ unit: "GiB", size: 1024, short: 256, perUnit: 1024 },
    clients: [OURS, ...OVER_HTTP, "curl"],
    targets: [{ of: "rate", against: "curl", atLeast: 0.8 }],
  },
  logs: {
    title: "1 GiB of log frames of 1 KiB",
    ...{ unit: "GiB", size: 1024, short: 256, perUnit: 1024 },
    clients: [OURS, "dockerode", "node-sdk", "curl"],
    // 1.5 GB/s, counted in GiB.
    targets: [{ of: "rate", atLeast: 1.5e9 / 2 ** 30 }],
  },
  frame: {
    title: "One log frame of 16 MiB",
    ...{ unit: "frame", size: 10, short: 5, perUnit: 1 },
    clients: [OURS, "dockerode", "curl"],
    targets: [{ of: "time", atMost: 0.02 }],
  },
  events: {
    title: "1,000,000 events",
    ...{ unit: "million", size: 1e6, short: 2e5, perUnit: 1e6 },
    clients: [OURS, "dockerode"],
    targets: [
      {
        ...{ of: "rate", against: "dockerode", atLeast: 2 },
        limit: {
          reaches: 1.1,
          why:
            "Both parse each record with JSON.parse, which alone takes more than half of dockerode's time; dockerode " +
            "neither keeps wide integers exact nor bounds its memory.",
        },
      },
    ],
  },
  largeList: {
    title: "List of 10,000 containers",
    ...{ unit: "list", size: 10, short: 5, perUnit: 1 },
    clients: [OURS, "json-parse", ...OVER_HTTP],
    targets: [{ of: "time", against: "json-parse", atMost: 1.1 }],
  },
  wideList: {
    title: "The same list with one wide integer",
    ...{ unit: "list", size: 10, short: 5, perUnit: 1 },
    clients: [OURS, "json-parse"],
    targets: [{ of: "time", against: "json-parse", atMost: 1.1 }],
  },
  buildFolder: {
    title: "Build context of 20,000 files",
    ...{ unit: "context", size: 20_000, short: 5000, perUnit: 20_000 },
    clients: [OURS, "dockerode", "tar"],
    targets: manyAsFastAsTar,
  },
  copyIn: {
    title: "copyIn of 20,000 files",
    ...{ unit: "copy", size: 20_000, short: 5000, perUnit: 20_000 },
    clients: [OURS, "dockerode", "tar"],
    targets: manyAsFastAsTar,
  },
  buildBigFile: {
    title: "Build context with one file of 2 GiB",
    ...{ unit: "context", size: 2048, short: 256, perUnit: 2048 },
    clients: [OURS, "dockerode", "tar"],
    targets: asFastAsTar,
  },
  copyInBigFile: {
    title: "copyIn of one file of 2 GiB",
    ...{ unit: "copy", size: 2048, short: 256, perUnit: 2048 },
    clients: [OURS, "dockerode", "tar"],
    targets: asFastAsTar,
  },
} as const satisfies Readonly<Record<string, Workload>>;

export type WorkloadName = keyof typeof WORKLOADS;

/** Streams whose memory must not depend on their length. Sizes are MiB, but a number of events for `events`. */
export const STREAMS = {
  export: "imageGet, read",
  toFile: "imageGet, to a file",
  archiveGet: "containerArchive, read",
  archivePut: "putContainerArchive, from a stream",
  load: "imageLoad, from a stream",
  logs: "containerLogs, read",
  lines: "containerLogs, line by line",
  exec: "exec, written to a stream",
  events: "systemEvents, read",
  buildBigFile: "build, a folder with one large file",
  copyInBigFile: "copyIn, a folder with one large file",
} as const;

/** The bytes of one event of the server; see server.c. */
export const EVENT_BYTES = 394;
