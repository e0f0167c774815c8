/**
 * Measures one workload of one client, in a process of its own:
 *
 *   node measure.mjs '{ "client": …, "workload": …, "size": …, "host": …, "scratch": …, "fixtures": … }'
 *
 * Prints { seconds, cpu, peak } of the whole work: wall time, CPU time of the client alone, and its peak memory in MiB.
 */
import { readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { workloads } from "./workloads.mjs";

const setting = JSON.parse(process.argv[2]);
const { warmUp, work } = workloads[setting.workload];
const { connect } = await import(`./clients/${setting.client}.mjs`);
const client = await connect(setting);
const file = join(setting.scratch, `bench-${process.pid}.tar`);
const context = { ...setting, client, file, received };

try {
  await warmUp(context);
  const before = await cpuSeconds();
  const start = process.hrtime.bigint();
  await work(context);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const cpu = (await cpuSeconds()) - before;
  const peak = client.peak ? client.peak() : await peakOf("self");
  await client.close();
  console.log(JSON.stringify({ seconds, cpu, peak }));
} finally {
  await rm(file, { force: true });
}

/** Of this process, or of its children where the client is one. */
async function cpuSeconds() {
  if (!client.isProcess) {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
  // Fields 16 and 17: ticks of children that have ended.
  const fields = (await readFile("/proc/self/stat", "utf8")).split(") ")[1].split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Not of process.resourceUsage(): a new process inherits that figure from the one that started it. */
async function peakOf(process) {
  const status = await readFile(`/proc/${process}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)[1]) / 1024;
}

/** How many bytes the server got in the last body. */
function received() {
  return new Promise((resolve, reject) => {
    request({ socketPath: setting.host.replace("unix://", ""), path: "/received" }, async (answer) => {
      let text = "";
      for await (const piece of answer) text += piece;
      resolve(Number(text));
    })
      .on("error", reject)
      .end();
  });
}
