/**
 * Exports an image from the local Engine to a tar file with a progress bar, then lists the file's contents and verifies every
 * digest. `demo build` shows the progress of a build instead. If no Engine answers, it uses an embedded one, so the demo always runs.
 */
import cliProgress from "cli-progress";
import { Command } from "commander";
import { isDockerError } from "../src/index.js";
import { chooseSource, type Source } from "./demo/choose-source.js";
import { megabytes } from "./demo/megabytes.js";
import { reportTar } from "./demo/report-tar.js";
import { showBuild } from "./demo/show-build.js";

/** Without a terminal, such as in a log, progress is an occasional line. */
const NO_TERMINAL_MS = 5_000;

const program = new Command("demo")
  .description("Export an image to a tar file, list its platforms and layers, and verify them")
  .argument("[image]", "name or ID of the image (default: the smallest one of the Engine)")
  .argument("[platform]", "os/arch[/variant], such as linux/arm64 (default: all platforms)")
  .option("-o, --output <file>", "the tar file to write (default: named after the image, in this folder)");

async function exportImage(
  source: Source,
  platform: string | undefined,
  output: string | undefined,
): Promise<string> {
  const { docker, image, size } = source;
  const file =
    output ??
    `${[image, platform]
      .filter(Boolean)
      .join("_")
      .replace(/[^\w.-]+/g, "_")}.tar`;
  const abort = new AbortController();
  const onInterrupt = (): void => abort.abort();
  process.once("SIGINT", onInterrupt);
  console.log(`Exporting ${image}${platform ? ` for ${platform}` : ""} to ${file}`);
  const tar = await docker.imageGet(image, platform, { signal: abort.signal });
  const bar = new cliProgress.SingleBar(
    { format: "  {bar} {done}", hideCursor: true, noTTYOutput: true, notTTYSchedule: NO_TERMINAL_MS },
    cliProgress.Presets.shades_classic,
  );
  // The Engine does not announce the tar's length; the image's size is an estimate, corrected on the way.
  bar.start(size, 0, { done: megabytes(0) });
  try {
    const bytes = await tar.toFile(file, {
      onProgress: (done) => {
        if (done > bar.getTotal()) bar.setTotal(done);
        bar.update(done, { done: megabytes(done) });
      },
    });
    bar.setTotal(bytes);
    bar.update(bytes, { done: megabytes(bytes) });
  } finally {
    bar.stop();
    process.off("SIGINT", onInterrupt);
  }
  return file;
}

program.action(
  async (image: string | undefined, platform: string | undefined, { output }: { output?: string }) => {
    for await (const source of chooseSource(image)) {
      try {
        const file = await exportImage(source, platform, output);
        await reportTar(file);
        return;
      } catch (error) {
        if (!isDockerError(error) || source.last) throw error;
        console.log(`That did not work: ${error.message}`);
      } finally {
        await source.close();
      }
    }
  },
);

program
  .command("build")
  .description("Build a folder, or a small image, and show the progress")
  .argument("[folder]", "the context of the build (default: a few lines on a small image of the Engine)")
  .action((folder: string | undefined) => showBuild(folder));

program.parseAsync().catch((error: unknown) => {
  console.error(`demo: ${isDockerError(error) || error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
