import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Docker, isDockerError } from "../../src/index.js";
import { type Bench, type Ending, jobs, setUp } from "./jobs.js";

/**
 * Mixed calls and workflows, many at once, some of them ended at a random moment, on the Engine that DOCKER_HOST names:
 * `npm run soak -- --minutes 2`. Fails if a result is wrong, an error is not a DockerError, the process or the Engine keeps
 * something, or memory grows.
 */
const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const MINUTES = option("minutes", 2);
const SIDE_BY_SIDE = option("workers", 6);
/** The first tells what a process that has done everything needs; the last is compared with it. */
const CHECKPOINTS = 5;
/** Code is compiled and caches fill a little longer than the first checkpoint is away. */
const GROWTH_BYTES = 4 * 2 ** 20;
const SETTLE_MS = 20_000;

interface Usage {
  readonly heap: number;
  readonly sockets: number;
  readonly timers: number;
  readonly files: number;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const problems: string[] = [];
const counts: Record<string, { done: number; ended: number }> = {};
for (const event of ["unhandledRejection", "uncaughtException", "warning"] as const) {
  process.on(event, (error: Error) => problems.push(`${event}: ${error.stack ?? error}`));
}

async function usage(): Promise<Usage> {
  for (let i = 0; i < 3; i += 1) {
    collectGarbage();
    await sleep(20);
  }
  const active = process.getActiveResourcesInfo();
  const of = (...kinds: string[]): number => active.filter((kind) => kinds.includes(kind)).length;
  return {
    heap: process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers,
    // Those kept for the next call do not count: they do not keep the process alive.
    sockets: of("PipeWrap", "TCPSocketWrap", "TLSWrap"),
    timers: of("Timeout"),
    files: of("FSReqCallback", "FSReqPromise"),
  };
}

/** A third of the jobs runs to its end, the others are given a moment at which they are ended. */
function ending(): Ending & { readonly over: () => void } {
  const abort = new AbortController();
  const chance = Math.random();
  const moment = 1 + Math.floor(Math.random() ** 2 * 2000);
  if (chance < 0.33) return { signal: abort.signal, over: () => undefined };
  if (chance < 0.66) return { signal: abort.signal, timeout: moment, over: () => undefined };
  const timer = setTimeout(() => abort.abort(new Error("soak")), moment);
  return { signal: abort.signal, over: () => clearTimeout(timer) };
}

const names = Object.keys(jobs);

async function work(bench: Bench, until: number): Promise<void> {
  while (Date.now() < until) {
    const name = names[Math.floor(Math.random() * names.length)] ?? "";
    const { over, ...how } = ending();
    const count = counts[name] ?? { done: 0, ended: 0 };
    counts[name] = count;
    try {
      await jobs[name]?.(bench, how);
      count.done += 1;
    } catch (error) {
      const isEnd = isDockerError(error) && /ERR_DOCKER_(ABORTED|TIMEOUT)/.test(error.code);
      const wasToEnd = how.timeout !== undefined || how.signal.aborted;
      if (isEnd && wasToEnd) count.ended += 1;
      else problems.push(`${name}: ${String((error as Error)?.stack ?? error)}`);
    } finally {
      over();
    }
  }
}

/** Waits until the process holds no more than it did, for as long as what was ended may take. */
async function settled(before: Usage): Promise<Usage> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const now = await usage();
    const isFlat = now.sockets <= before.sockets && now.timers <= before.timers && now.files <= before.files;
    if (isFlat || Date.now() > deadline) return now;
    await sleep(200);
  }
}

const docker = new Docker();
const bench = await setUp(docker);
const atRest = await usage();
const begin = Date.now();
const checkpoints: Usage[] = [];
for (let at = 1; at <= CHECKPOINTS; at += 1) {
  const until = begin + (MINUTES * 60_000 * at) / CHECKPOINTS;
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => work(bench, until)));
  const now = await settled(atRest);
  checkpoints.push(now);
  for (const what of ["sockets", "timers", "files"] as const) {
    if (now[what] > atRest[what])
      problems.push(`checkpoint ${at}: ${now[what]} ${what}, ${atRest[what]} at rest`);
  }
  console.log(
    `checkpoint ${at}: ${(now.heap / 2 ** 20).toFixed(1)} MiB, ${now.sockets} sockets, ${now.timers} timers, ${now.files} files`,
  );
}
const [first, last] = [checkpoints[0]?.heap ?? 0, checkpoints.at(-1)?.heap ?? 0];
if (last > first + GROWTH_BYTES) problems.push(`memory grew by ${((last - first) / 2 ** 20).toFixed(1)} MiB`);
const left = await docker.containerList({ all: true, filters: { label: [bench.label] } });
if (left.length > 2)
  problems.push(`the Engine has ${left.length - 2} containers that run() should have removed`);
await bench.remove();
await docker.close();

let total = 0;
for (const name of names) {
  const { done, ended } = counts[name] ?? { done: 0, ended: 0 };
  total += done + ended;
  console.log(
    `${name.padEnd(26)} ${String(done).padStart(6)} verified ${String(ended).padStart(6)} ended early`,
  );
  if (done === 0) problems.push(`${name} was never done to its end`);
}
for (const problem of problems.slice(0, 40)) console.error(problem);
console.log(`${total} jobs in ${MINUTES} minutes, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
