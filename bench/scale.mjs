/**
 * Much at the same time, in a process of its own:
 *
 *   node --expose-gc scale.mjs '{ "host": …, "load": …, "count": … }'
 *
 * Runs the load in waves, and prints what each took and what it left behind.
 */
import { readdirSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Docker } from "docker-engine-sdk";

const WAVES = 5;
/** How long the progress of followed streams is watched. */
const WINDOW_MS = 4000;
const SETTLE_MS = 300;
const MIB = 2 ** 20;
/** A stream of so many MiB has no end. */
const ENDLESS = String(2 ** 30);
const EXEC_MIB = 2;

const { host, load, count } = JSON.parse(process.argv[2]);
const docker = new Docker({ host, env: {} });
let warnings = 0;
process.on("warning", (warning) => {
  warnings += 1;
  console.error(warning);
});

/** Bytes of each stream of this wave. */
let bytes = new Float64Array(count);
/** Followed streams go on until this is set. */
let leave = new AbortController();

/** The slowest stream's part of the median's, from the moment when all have begun. */
async function fairness() {
  while (bytes.some((some) => some === 0)) await sleep(10);
  const start = bytes.slice();
  await sleep(WINDOW_MS);
  const sorted = bytes.map((some, index) => some - start[index]).sort();
  leave.abort();
  return sorted[0] / sorted[count >> 1];
}

const sink = (index) =>
  new Writable({
    write(piece, _, done) {
      bytes[index] += piece.length;
      done();
    },
  });

const loads = {
  /** Each is left when the window is over. */
  async logs(index) {
    for await (const { data } of docker.containerLogs(ENDLESS, {
      stdout: true,
      stderr: true,
      follow: true,
    })) {
      bytes[index] += data.length;
      if (leave.signal.aborted) break;
    }
  },
  async followedExecs(index) {
    const options = { stdout: sink(index), signal: leave.signal };
    const error = await docker.exec(ENDLESS, ["cat", "/dev/zero"], options).catch((cause) => cause);
    if (error?.code !== "ERR_DOCKER_ABORTED") throw error;
  },
  async execs(index) {
    const { exitCode } = await docker.exec(String(EXEC_MIB), ["cat", "/big"], { stdout: sink(index) });
    if (exitCode !== 0 || bytes[index] < EXEC_MIB * MIB)
      throw new Error(`Exit code ${exitCode}, ${bytes[index]} bytes`);
  },
  async calls() {
    if ((await docker.containerList({ all: true })).length !== 3) throw new Error("The list is not whole");
  },
};
const isFollowed = load === "logs" || load === "followedExecs";

const sockets = () =>
  readdirSync("/proc/self/fd").filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith("socket:");
    } catch {
      return false;
    }
  }).length;

async function memory() {
  await sleep(SETTLE_MS);
  for (let time = 0; time < 3; time += 1) {
    globalThis.gc();
    await sleep(10);
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / MIB, rss: rss / MIB };
}

async function wave() {
  bytes = new Float64Array(count);
  leave = new AbortController();
  const start = performance.now();
  const [fair] = await Promise.all([
    isFollowed ? fairness() : undefined,
    ...Array.from({ length: count }, (_, index) => loads[load](index)),
  ]);
  const seconds = (performance.now() - start) / 1000;
  const mib = bytes.reduce((sum, some) => sum + some, 0) / MIB;
  return { seconds, mib, fairness: fair };
}

const own = sockets();
await docker.containerList();
const before = await memory();
const waves = [];
for (let number = 0; number < WAVES; number += 1) {
  const result = await wave();
  waves.push({ ...result, ...(await memory()), sockets: sockets() - own });
}
await docker.close();
await sleep(SETTLE_MS);
const status = await readFile("/proc/self/status", "utf8");
const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)[1]) / 1024;
console.log(JSON.stringify({ before, waves, peak, warnings, socketsAfterClose: sockets() - own }));
