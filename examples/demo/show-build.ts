import { Docker } from "../../src/index.js";
import { printProgress } from "../../src/progress/index.js";
import { tarPieces } from "../../src/workflows/index.js";
import { startEmbeddedBuilder } from "./embedded-build.js";

const ANSWER_MS = 10_000;

/**
 * Builds on the local Engine and prints the progress: a folder, or a few lines on a small image that the Engine has. Without
 * an Engine or such an image, an embedded Engine plays a build.
 */
export async function showBuild(folder: string | undefined): Promise<void> {
  const progress = printProgress(process.stdout);
  try {
    const base = folder ?? (await imageWithShell());
    const id = base === undefined ? await playBuild(progress) : await realBuild(folder, base, progress);
    progress.end();
    console.log(`Built ${id}`);
  } finally {
    progress.end();
  }
}

type Progress = ReturnType<typeof printProgress>;

async function realBuild(
  folder: string | undefined,
  base: string,
  onProgress: Progress,
): Promise<string | undefined> {
  await using docker = new Docker();
  const dockerfile = `FROM ${base}\nRUN for i in 1 2 3 4 5; do echo "line $i"; sleep 1; done\nLABEL demo=build\n`;
  const context = folder ?? Buffer.concat(tarPieces({ Dockerfile: Buffer.from(dockerfile) }));
  return (await docker.build(context, { onProgress, network: "none", noCache: folder === undefined })).id;
}

async function playBuild(onProgress: Progress): Promise<string | undefined> {
  console.log("Using an embedded Engine, which plays a build.\n");
  const engine = await startEmbeddedBuilder();
  try {
    await using docker = new Docker({ host: engine.host });
    const context = Buffer.concat(tarPieces({ Dockerfile: Buffer.from("FROM node:20\n") }));
    return (await docker.build(context, { builder: "classic", onProgress })).id;
  } finally {
    await engine.close();
  }
}

/** An image of the local Engine that has a shell, by its name. */
const HAS_SHELL = /(^|\/)(alpine|busybox|debian|ubuntu):/;

/** An image to build on; undefined without one. Prints why if no Engine answers. */
async function imageWithShell(): Promise<string | undefined> {
  try {
    await using docker = new Docker();
    const images = await docker.imageList({}, { timeout: ANSWER_MS });
    return images.flatMap(({ RepoTags }) => RepoTags ?? []).find((tag) => HAS_SHELL.test(tag));
  } catch (error) {
    console.log((error as Error).message);
    return undefined;
  }
}
