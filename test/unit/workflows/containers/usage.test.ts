import { ArgumentError, type UsageSample, usageOf } from "../../../../src/index.js";

/** A container that keeps one of two CPUs busy, as an Engine 28.5 on cgroup v1 told it; but for block devices and eth1. */
const cgroup1: UsageSample = {
  read: "2026-11-26T12:47:24.18925551Z",
  preread: "2026-11-26T12:47:23.183620389Z",
  num_procs: 0,
  pids_stats: { current: 1 },
  blkio_stats: {
    io_service_bytes_recursive: [
      { op: "Read", value: 4096 },
      { op: "Write", value: 8192n },
      { op: "Sync", value: 12_288 },
      { op: "Read", value: 100 },
      { op: "Total", value: 12_288 },
      { op: "", value: 5 },
    ],
  },
  storage_stats: {},
  cpu_stats: {
    cpu_usage: { total_usage: 1_235_928_850, percpu_usage: [72_635_647, 1_163_293_203] },
    system_cpu_usage: 103_898_180_000_000,
    online_cpus: 2,
  },
  precpu_stats: {
    cpu_usage: { total_usage: 238_761_549, percpu_usage: [72_635_647, 166_125_902] },
    system_cpu_usage: 103_896_190_000_000,
    online_cpus: 2,
  },
  memory_stats: {
    usage: 2_727_936,
    stats: { inactive_file: 1_982_464, total_inactive_file: 1_982_464, total_rss: 57_344 },
    limit: 25_276_510_208,
  },
  networks: { eth0: { rx_bytes: 572, tx_bytes: 84 }, eth1: { rx_bytes: 1000n, tx_bytes: 1 } },
};

/** cgroup v2 has other counters of memory, no CPU time by core, and writes operations in lower case. */
const cgroup2: UsageSample = {
  read: "2026-11-26T12:00:01.5Z",
  preread: "2026-11-26T12:00:00.5Z",
  num_procs: 0,
  pids_stats: { current: 7 },
  blkio_stats: {
    io_service_bytes_recursive: [
      { op: "read", value: 1_048_576 },
      { op: "write", value: 2_097_152 },
    ],
  },
  storage_stats: {},
  cpu_stats: {
    cpu_usage: { total_usage: 9_500_000_000 },
    system_cpu_usage: 2_006_893_600_000_000,
    online_cpus: 4,
  },
  precpu_stats: {
    cpu_usage: { total_usage: 9_000_000_000 },
    system_cpu_usage: 2_006_889_600_000_000,
    online_cpus: 4,
  },
  memory_stats: {
    usage: 4_194_304,
    stats: { active_file: 1_892_352, anon: 811_008, file: 3_108_864, inactive_file: 1_253_376 },
    limit: 12_544_401_408,
  },
};

const windows: UsageSample = {
  read: "2026-11-26T12:00:01.0000002Z",
  preread: "2026-11-26T12:00:00.0000001Z",
  num_procs: 2,
  pids_stats: {},
  blkio_stats: { io_service_bytes_recursive: null },
  storage_stats: { read_size_bytes: 300, write_size_bytes: 400 },
  cpu_stats: { cpu_usage: { total_usage: 15_000_000 } },
  precpu_stats: { cpu_usage: { total_usage: 10_000_000 } },
  memory_stats: { privateworkingset: 65_536 },
  networks: { nat: { rx_bytes: 10, tx_bytes: 20 } },
};

test("cgroup v1: CPU time counts all cores, memory is without the cache, and only reads and writes count", () => {
  const { cpuPercent, memory, ...others } = usageOf(cgroup1);
  expect(cpuPercent).toBeCloseTo((997_167_301 / 1_990_000_000) * 200, 10);
  expect(memory.used).toBe(745_472);
  expect(memory.limit).toBe(25_276_510_208);
  expect(memory.percent).toBeCloseTo(0.00294927, 7);
  expect(others).toEqual({
    network: { received: 1572, sent: 85 },
    blockIO: { read: 4196, written: 8192 },
    pids: 1,
  });
});

test("cgroup v2", () => {
  expect(usageOf(cgroup2)).toEqual({
    cpuPercent: 50,
    memory: { used: 2_940_928, limit: 12_544_401_408, percent: (2_940_928 / 12_544_401_408) * 100 },
    network: { received: 0, sent: 0 },
    blockIO: { read: 1_048_576, written: 2_097_152 },
    pids: 7,
  });
});

test("Windows: CPU time is measured by the clock, and memory is the private working set", () => {
  const { cpuPercent, ...others } = usageOf(windows);
  // Half a second of two CPUs' two seconds and 200 ns.
  expect(cpuPercent).toBeCloseTo((5_000_000 / (10_000_001 * 2)) * 100, 10);
  expect(others).toEqual({
    memory: { used: 65_536, limit: 0, percent: 0 },
    network: { received: 10, sent: 20 },
    blockIO: { read: 300, written: 400 },
    pids: 0,
  });
});

test("since API 1.52 the sample itself names the system", () => {
  expect(usageOf({ ...cgroup1, num_procs: 2, os_type: "linux" }).memory.used).toBe(745_472);
  expect(usageOf({ ...windows, num_procs: 0, os_type: "windows" })).toMatchObject({
    cpuPercent: 0,
    memory: { used: 65_536 },
  });
});

test.each<{ what: string; sample: UsageSample; cpuPercent: number }>([
  {
    what: "the number of cores is that of their counters, if no other is told",
    sample: {
      ...cgroup1,
      cpu_stats: {
        cpu_usage: { total_usage: 200, percpu_usage: [50, 50, 50, 50] },
        system_cpu_usage: 2000,
      },
      precpu_stats: { cpu_usage: { total_usage: 100 }, system_cpu_usage: 1000 },
    },
    cpuPercent: 40,
  },
  {
    what: "a container that was restarted has used nothing yet",
    sample: { ...cgroup2, precpu_stats: { ...cgroup2.precpu_stats, cpu_usage: { total_usage: 10 ** 12 } } },
    cpuPercent: 0,
  },
  {
    what: "no time has passed",
    sample: { ...cgroup2, precpu_stats: cgroup2.cpu_stats ?? {} },
    cpuPercent: 0,
  },
  {
    what: "numbers beyond 2^53 are bigints",
    sample: {
      cpu_stats: { cpu_usage: { total_usage: 2n ** 60n }, system_cpu_usage: 2n ** 61n, online_cpus: 1 },
    },
    cpuPercent: 50,
  },
  { what: "a container that does not run has no figures", sample: { cpu_stats: {} }, cpuPercent: 0 },
])("CPU use: $what", ({ sample, cpuPercent }) => {
  expect(usageOf(sample).cpuPercent).toBe(cpuPercent);
});

test("an earlier sample takes the place of the one within a sample, which `one-shot` leaves empty", () => {
  const oneShot = {
    ...cgroup2,
    preread: "0001-01-01T00:00:00Z",
    precpu_stats: { cpu_usage: { total_usage: 0 } },
  };
  const earlier = {
    cpu_stats: { cpu_usage: { total_usage: 8_500_000_000 }, system_cpu_usage: 2_006_889_600_000_000 },
  };
  expect(usageOf(oneShot, earlier).cpuPercent).toBe(100);
  expect(usageOf(oneShot).cpuPercent).toBeCloseTo(0.0018935, 6);
  expect(
    usageOf(windows, { read: "2026-11-26T11:59:59.0000002Z", cpu_stats: { cpu_usage: { total_usage: 0 } } })
      .cpuPercent,
  ).toBe(37.5);
});

test("memory that is all cache, and cache of one version only", () => {
  const used = (usage: number, stats: Record<string, number>) =>
    usageOf({ cpu_stats: {}, memory_stats: { usage, stats } }).memory.used;
  expect(used(100, { total_inactive_file: 100, inactive_file: 100 })).toBe(100);
  expect(used(100, { total_inactive_file: 100, inactive_file: 40 })).toBe(60);
  expect(used(100, {})).toBe(100);
});

test("null where Podman has no network or no block devices", () => {
  const sample: UsageSample = {
    cpu_stats: {},
    networks: null,
    blkio_stats: { io_service_bytes_recursive: null },
  };
  expect(usageOf(sample)).toMatchObject({
    network: { received: 0, sent: 0 },
    blockIO: { read: 0, written: 0 },
  });
});

test.each<{ given: unknown; says: string }>([
  { given: undefined, says: "undefined" },
  { given: Promise.resolve({}), says: "a Promise (await it first)" },
  { given: {}, says: "an object without cpu_stats" },
])("$says is refused", ({ given, says }) => {
  const compute = (): unknown => usageOf(given as never);
  expect(compute).toThrow(ArgumentError);
  expect(compute).toThrow(`usageOf: the sample must be what containerStats gives, not ${says}`);
  expect(() => usageOf({ cpu_stats: {} }, null as never)).toThrow("the previous sample must be");
});

test("fields without a value count as nothing", () => {
  const sample = {
    cpu_stats: {},
    memory_stats: null,
    networks: { eth0: null, eth1: {} },
    blkio_stats: { io_service_bytes_recursive: [{}] },
  };
  expect(usageOf(sample as never)).toEqual({
    cpuPercent: 0,
    memory: { used: 0, limit: 0, percent: 0 },
    network: { received: 0, sent: 0 },
    blockIO: { read: 0, written: 0 },
    pids: 0,
  });
});
