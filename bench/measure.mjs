/**
 * Measures one workload of one client, in a process of its own:
 *
 *   node measure.mjs CLIENT WORKLOAD SOCKET SCRATCH
 *
 * Prints { seconds, cpu, peak }: seconds and CPU seconds of this process per unit of work, and its peak memory in MiB.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { workloads } from "./workloads.mjs";

const [, , name, workload, socket, scratch] = process.argv;
const { warmUp, work, units } = workloads[workload];
const { connect, isProcess } = await import(`./clients/${name}.mjs`);
const client = await connect(socket);
const file = join(scratch, `${process.pid}.tar`);
const context = { client, file };

await warmUp(context);
const before = await cpuSeconds();
const start = process.hrtime.bigint();
await work(context);
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
const cpu = (await cpuSeconds()) - before;
await client.close();
await rm(file, { force: true });
console.log(
  JSON.stringify({ seconds: seconds / units, cpu: cpu / units, peak: process.resourceUsage().maxRSS / 1024 }),
);

/** Of this process, or of its children where the client is one. */
async function cpuSeconds() {
  if (!isProcess) {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
  // Fields 16 and 17: ticks of children that have ended.
  const fields = (await readFile("/proc/self/stat", "utf8")).split(") ")[1].split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
