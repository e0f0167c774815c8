/** Prints progress on the terminal that it runs in: of layers that the test has thought up, or of a build on a real Engine. */
import { once } from "node:events";
import { Docker } from "../../src/index.js";
import { type PrintableEvent, printProgress } from "../../src/progress/index.js";
import { tarOfFiles } from "./tar-of-files.js";

const [what, host = ""] = process.argv.slice(2);
const progress = printProgress(process.stdout);

/** Goes on when the test presses Enter. */
const entered = async (): Promise<void> => void (await once(process.stdin, "data"));

async function showLayers(): Promise<void> {
  const layer = (id: string, status: string, current?: number): PrintableEvent => ({
    type: "layer",
    image: "x:1",
    id,
    status,
    current,
    total: current === undefined ? undefined : 10_000_000,
    done: status === "Pull complete",
  });
  progress({ type: "message", image: "x:1", status: "Pulling from x\x1b[2J\x1b[1;1Hhostile" });
  for (let i = 0; i < 30; i += 1) progress(layer(`done${i}`, "Pull complete"));
  progress(layer("wide", "日本語日本語 downloading", 2_500_000));
  progress(layer("half", "Downloading", 5_000_000));
  await entered();
  progress(layer("half", "Downloading", 10_000_000));
  await entered();
  progress(layer("half", "Pull complete"));
}

async function showBuild(): Promise<void> {
  const lines = ["FROM busybox:local", "RUN echo first; echo second; sleep 2", "RUN echo $NOTHING"];
  await using docker = new Docker({ host });
  const context = await tarOfFiles({ Dockerfile: `${lines.join("\n")}\n` });
  await docker.build(context, { noCache: true, network: "none", onProgress: progress });
}

await (what === "build" ? showBuild() : showLayers());
progress.end();
console.log("the end");
process.stdin.unref?.();
await new Promise((resolve) => setTimeout(resolve, 60_000));
