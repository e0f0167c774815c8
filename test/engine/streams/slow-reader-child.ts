/** Reads a container's output slowly and prints how much memory that took: slow-reader-child.ts HOST ID logs|attach */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Docker } from "../../../src/index.js";

const [host = "", id = "", how = ""] = process.argv.slice(2);

export interface SlowlyRead {
  readonly bytes: number;
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** The most memory this process ever held, in MiB. */
  readonly peakMiB: number;
}

/** A reader who takes a nap after each of so many bytes. */
const NAP_EVERY = 2 ** 20;
const NAP_MS = 60;

async function read(): Promise<SlowlyRead> {
  const docker = new Docker({ host });
  const begin = Date.now();
  const output =
    how === "logs"
      ? await docker.containerLogs(id, { stdout: true, follow: true })
      : await docker.containerAttach(id, { stdout: true, stream: true });
  if (how === "attach") await docker.containerStart(id);
  let bytes = 0;
  for await (const { data } of output) {
    if (Math.floor((bytes + data.length) / NAP_EVERY) > Math.floor(bytes / NAP_EVERY)) await sleep(NAP_MS);
    bytes += data.length;
  }
  await docker.close();
  return { bytes, ms: Date.now() - begin, peakMiB: await peakMiB() };
}

/** Linux counts what the parent held before exec into maxRSS; VmHWM is this program's alone. */
async function peakMiB(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const kib = /^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Number(kib) / 1024;
}

void read().then((result) => console.log(JSON.stringify(result)));
