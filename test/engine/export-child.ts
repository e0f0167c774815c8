/** Exports an image to a file and prints how much memory that took: export-child.ts HOST IMAGE FILE */
import { Docker } from "../../src/index.js";
import { peakMiB } from "./peak-memory.js";

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

void exportImage().then((exported) => console.log(JSON.stringify(exported)));
