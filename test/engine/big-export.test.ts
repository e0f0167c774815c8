import { createReadStream } from "node:fs";
import { mkdir, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compile } from "../helpers/compiled.js";
import { bigImage } from "./big-image.js";
import type { Built } from "./build-child.js";
import { curl, runProgram } from "./child.js";
import { describeStores, everyStore, useEngine } from "./engine.js";
import type { Exported } from "./export-child.js";
import { readExport, readTar, sha256OfFile } from "./tar.js";

const MIB = 2 ** 20;
const MINUTES = 60_000;

describeStores(everyStore, "a big image", (engine) => {
  // Large enough to tell constant memory, and on one store as large as images mostly are at most.
  const size = { containerd: 384 * MIB, overlay2: 1024 * MIB }[engine.store];
  const { docker, imageName, load, path } = useEngine(engine);
  const name = imageName("big");
  let exported: Exported;

  beforeAll(async () => {
    await load(bigImage(name, size));
    // Compiled, because the loader that runs TypeScript takes more memory than what is measured.
    await compile(path("compiled"), "test/engine");
    const program = join(path("compiled"), "test", "engine", "export-child.js");
    exported = await runProgram<Exported>([program, engine.host, name, path("exported.tar")], 5 * MINUTES);
    process.stderr.write(
      `exported ${exported.bytes} bytes (${engine.store}), peak memory ${exported.peakMiB.toFixed(1)} MiB\n`,
    );
  }, 10 * MINUTES);

  test("has its size on the Engine", async () => {
    expect((await docker.imageInspect(name)).Size).toBeGreaterThanOrEqual(size);
  });

  test("is exported to a file of that size", async () => {
    expect(exported.bytes).toBeGreaterThan(size);
    expect((await stat(path("exported.tar"))).size).toBe(exported.bytes);
  });

  test("takes less than 150 MB of memory to export", () => {
    expect(exported.peakMiB).toBeLessThan(150e6 / 2 ** 20);
    // A process that exported anything cannot have been smaller: the number is a real one.
    expect(exported.peakMiB).toBeGreaterThan(20);
  });

  if (engine.store === "containerd") {
    test(
      "and a context of 500 MB takes as little to build from",
      async () => {
        const folder = path("context");
        await mkdir(folder);
        await writeFile(
          join(folder, "Dockerfile"),
          "FROM busybox:local\nRUN --mount=type=bind,target=/c wc -c /c/big\n",
        );
        await writeFile(join(folder, "big"), "");
        await truncate(join(folder, "big"), 500e6);
        const program = join(path("compiled"), "test", "engine", "build-child.js");
        const built = await runProgram<Built>([program, engine.host, folder], 5 * MINUTES);
        process.stderr.write(`built from 500 MB, peak memory ${built.peakMiB.toFixed(1)} MiB\n`);
        expect(built.log).toBe("500000000 /c/big\n");
        expect(built.peakMiB).toBeLessThan(150e6 / 2 ** 20);
        expect(built.peakMiB).toBeGreaterThan(20);
      },
      5 * MINUTES,
    );
  }

  test(
    "is the same as what curl saves",
    async () => {
      await curl(engine.host, `/v1.48/images/${name}/get`, path("curl.tar"));
      if (engine.store === "containerd") {
        expect(await sha256OfFile(path("exported.tar"))).toBe(await sha256OfFile(path("curl.tar")));
        return;
      }
      // The overlay2 store writes the times of the export into the tar.
      const [ours, curls] = await Promise.all(
        ["exported.tar", "curl.tar"].map((file) => readTar(createReadStream(path(file)))),
      );
      expect(ours).toEqual(curls);
      expect(readExport(ours ?? []).blobs).toHaveLength(2);
    },
    5 * MINUTES,
  );
});
