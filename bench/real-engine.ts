import { spawn } from "node:child_process";
import { Docker } from "../src/index.js";
import type { Site } from "./site.js";
import { mediansOf, type Row, type Runs, timeText } from "./targets.js";
import { type Measured, OURS } from "./workloads.js";

const CLI = "docker-cli";
const IMAGE = "docker-engine-sdk-bench:latest";
const IMAGE_MIB = 256;
const FILES = 20_000;

/** Compares with the docker CLI on the Engine of DOCKER_HOST. */
export async function engineRuns(site: Site, host: string, rounds: number): Promise<Record<string, Runs>> {
  const docker = new Docker({ host });
  let container: string | undefined;
  try {
    const { Version } = await docker.systemVersion();
    console.log(`Engine ${Version} at ${host}`);
    // Random bytes, which the Engine's store cannot compress.
    const tar = spawn("sh", ["-c", `head -c ${IMAGE_MIB}M /dev/urandom >big && tar -c big && rm big`], {
      cwd: site.fixtures,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const progress = await docker.imageCreate({ fromSrc: "-", repo: IMAGE, body: tar.stdout });
    await progress.done();
    container = (await docker.containerCreate({ Image: IMAGE, Cmd: ["none"] })).Id;
    const workloads = [
      { workload: "save", size: IMAGE_MIB },
      { workload: "copyToEngine", size: FILES },
    ];
    const runs: Record<string, Record<string, Measured[]>> = {};
    for (const { workload, size } of workloads) {
      const found: Record<string, Measured[]> = { [OURS]: [], [CLI]: [] };
      for (let round = 0; round < rounds; round += 1) {
        for (const [client, list] of Object.entries(found)) {
          list.push(await site.measure({ client, workload, size, host, image: IMAGE, container }));
        }
      }
      runs[workload] = found;
    }
    return runs;
  } finally {
    if (container) await docker.containerDelete(container, { force: true }).result();
    await docker.imageDelete(IMAGE, { force: true }).result();
    await docker.close();
  }
}

const TITLES: Readonly<Record<string, string>> = {
  save: `Real Engine, image of ${IMAGE_MIB} MiB to a sink`,
  copyToEngine: `Real Engine, ${FILES.toLocaleString("en")} files into a container`,
};

/** The CLI has no target: the Engine takes most of the time. */
export function engineRows(runs: Readonly<Record<string, Runs>>): Row[] {
  return Object.entries(runs).map(([name, found]) => {
    const [ours, cli] = [mediansOf(found[OURS] ?? []), mediansOf(found[CLI] ?? [])];
    return {
      what: `${TITLES[name]}: time`,
      ours: timeText(ours.seconds),
      other: `docker CLI: ${timeText(cli.seconds)}`,
      ratio: (ours.seconds / cli.seconds).toFixed(2),
      target: "",
      isMet: true,
      isFar: false,
    };
  });
}
