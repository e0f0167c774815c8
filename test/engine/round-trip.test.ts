import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isEngineError } from "../../src/index.js";
import { bigImage } from "./big-image.js";
import { describeStores, everyStore, failureOf, useEngine } from "./engine.js";
import { readExport, readTar } from "./tar.js";

describeStores(everyStore, "export, delete and load again", (engine) => {
  const { docker, load, imageName, path, atEnd } = useEngine(engine);
  const file = (): string => path("busybox.tar");

  const identity = async (name: string) => {
    const { Id, RepoTags } = await docker.imageInspect(name);
    return { Id, RepoTags };
  };
  const deleteImage = async (name: string): Promise<void> => {
    await docker.imageDelete(name, { force: true });
    expect(isEngineError(failureOf(await docker.imageInspect(name).result()).error, 404)).toBe(true);
  };

  beforeAll(async () => {
    await (await docker.imageGet("busybox:local")).toFile(file());
  });
  // Whatever happened to it: the other tests need it.
  atEnd(async () => load(await readFile(file())));

  test("the file is a complete image", async () => {
    const { platforms } = readExport(await readTar(createReadStream(file())));
    expect(platforms).toHaveLength(1);
    expect(await readdir(dirname(file()))).toEqual(["busybox.tar"]);
  });

  test("toFile counts the bytes it wrote", async () => {
    const progress: number[] = [];
    const tar = await docker.imageGet("busybox:local");
    const bytes = await tar.toFile(path("counted.tar"), { onProgress: (count) => progress.push(count) });
    const { size } = await stat(path("counted.tar"));
    expect(bytes).toBe(size);
    expect(progress.at(-1)).toBe(size);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  test.each([
    ["as bytes", () => readFile(file())],
    ["as a stream", async () => createReadStream(file())],
    ["as an async iterable", async () => inPieces(await readFile(file()))],
  ])("ID and tags are the same after loading it %s", async (_, body) => {
    const before = await identity("busybox:local");
    expect(before.RepoTags).toContain("busybox:local");
    await deleteImage("busybox:local");
    await load(await body());
    expect(await identity("busybox:local")).toEqual(before);
  });

  test("an image is exported by its ID too, and read through toNode and toWeb alike", async () => {
    const name = imageName("by-id");
    await load(bigImage(name, 3 << 20));
    const { Id = "" } = await identity(name);
    const byId = await readTar((await docker.imageGet(Id)).toNode());
    const byName = await readTar((await docker.imageGet(name)).toWeb());
    expect(readExport(byId)).toEqual(readExport(byName));
    expect(readExport(byId).blobs).toHaveLength(2);
  });
});

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 10_007) yield bytes.subarray(at, at + 10_007);
}
