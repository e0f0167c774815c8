// Prints a container's CPU and memory use, three times a second apart: stats.ts CONTAINER
import { Docker } from "docker-engine-sdk";

const container = process.argv[2] ?? "web";
const docker = new Docker();

let samples = 0;
for await (const { cpu_stats, precpu_stats, memory_stats } of docker.containerStats(container)) {
  if (precpu_stats.system_cpu_usage === undefined) continue; // the first sample has none before it
  const used = Number(cpu_stats.cpu_usage.total_usage) - Number(precpu_stats.cpu_usage.total_usage);
  const all = Number(cpu_stats.system_cpu_usage) - Number(precpu_stats.system_cpu_usage);
  const cpu = (used / all) * (cpu_stats.online_cpus ?? 1) * 100;
  console.log(`CPU ${cpu.toFixed(1)} %, memory ${Number(memory_stats.usage) / 1e6} MB`);
  if (++samples === 3) break; // leaving the loop closes the connection
}

await docker.close();
