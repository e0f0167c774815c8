import { readFile } from "node:fs/promises";

/** The most memory in MiB that this process ever held. */
export async function peakMiB(): Promise<number> {
  // Linux counts what the parent held before exec into maxRSS; VmHWM is this program's alone.
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const kib = /^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Number(kib) / 1024;
}
