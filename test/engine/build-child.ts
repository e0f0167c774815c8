/** Builds a folder with BuildKit and prints how much memory that took: build-child.ts HOST FOLDER */
import { Docker } from "../../src/index.js";
import { peakMiB } from "./peak-memory.js";

const [host = "", folder = ""] = process.argv.slice(2);

export interface Built {
  /** What its steps wrote. */
  readonly log: string;
  readonly peakMiB: number;
}

async function build(): Promise<Built> {
  const docker = new Docker({ host });
  let log = "";
  await docker.build(folder, {
    builder: "buildkit",
    noCache: true,
    onProgress: (event) => {
      if (event.type === "log") log += event.text;
    },
  });
  await docker.close();
  return { log, peakMiB: await peakMiB() };
}

void build().then((built) => console.log(JSON.stringify(built)));
