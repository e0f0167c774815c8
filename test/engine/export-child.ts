/** Exports an image to a file and prints how much memory that took: export-child.ts HOST IMAGE FILE */
import { readFile } from "node:fs/promises";
import { Docker } from "../../src/index.js";

const [host = "", image = "", file = ""] = process.argv.slice(2);

export interface Exported {
  readonly bytes: number;
  /** The most memory this process ever held, in MiB. */
  readonly peakMiB: number;
}

async function exportImage(): Promise<Exported> {
  const docker = new Docker({ host });
  const tar = await docker.imageGet(image);
  const bytes = await tar.toFile(file);
  await docker.close();
  return { bytes, peakMiB: await peakMiB() };
}

/** Linux counts what the parent held before exec into maxRSS; VmHWM is this program's alone. */
async function peakMiB(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const kib = /^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Number(kib) / 1024;
}

void exportImage().then((exported) => console.log(JSON.stringify(exported)));
