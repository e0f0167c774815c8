import { createReadStream, existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { ArgumentError, isEngineError } from "../../../src/index.js";
import { describeStores, everyStore, rejection, useEngine } from "../engine.js";
import { leavesNoConnection } from "./open-sockets.js";

describeStores(everyStore, "images", (engine) => {
  const { atEnd, docker, imageName, path } = useEngine(engine);
  leavesNoConnection();

  const tagged = async (what: string): Promise<string> => {
    const name = imageName(what);
    const [repo, tag] = name.split(":") as [string, string];
    await docker.imageTag("busybox:local", { repo, tag });
    return name;
  };
  const isThere = async (image: string): Promise<boolean> => (await docker.imageInspect(image).result()).ok;

  test("saved and loaded again have their names, one and several, from a file, bytes and a stream", async () => {
    const [one, two] = [await tagged("one"), await tagged("two")];
    const bytes = await docker.save(one, path("one.tar"));
    expect((await stat(path("one.tar"))).size).toBe(bytes);
    await docker.save([one, two], path("both.tar"));
    for (const image of [one, two]) await docker.imageDelete(image);
    expect(await docker.load(path("one.tar"))).toMatchObject([{ name: one }]);
    expect(await isThere(two)).toBe(false);
    const both = await docker.load(createReadStream(path("both.tar")));
    expect(both.map(({ name }) => name).sort()).toEqual([one, two].sort());
    const seen: unknown[] = [];
    const loaded = await docker.load(await readFile(path("one.tar")), {
      onProgress: (record) => seen.push(record),
    });
    expect(loaded).toMatchObject([{ name: one }]);
    expect(seen.length).toBeGreaterThan(0);
  });

  test("what cannot be saved or loaded fails, and leaves no file", async () => {
    expect(isEngineError(await rejection(docker.save("sdk-test-nothing:1", path("none.tar"))), 404)).toBe(
      true,
    );
    expect(existsSync(path("none.tar"))).toBe(false);
    expect(await rejection(docker.load(path("nothing.tar")))).toBeInstanceOf(ArgumentError);
    const garbage = await rejection(docker.load(Buffer.alloc(4096, "garbage")));
    expect(garbage).toMatchObject({ name: expect.stringMatching(/^(Stream|Engine)Error$/) });
  });

  test("are not pushed to a registry that is not there, nor pulled from it", async () => {
    const name = "127.0.0.1:9/sdk-test:1";
    await docker.imageTag("busybox:local", { repo: "127.0.0.1:9/sdk-test", tag: "1" });
    atEnd(() => docker.imageDelete(name));
    expect(await rejection(docker.push(name))).toMatchObject({ message: expect.stringContaining("refused") });
    expect(await rejection(docker.pull(name))).toMatchObject({ message: expect.stringContaining("refused") });
    const missing = await rejection(docker.push("127.0.0.1:9/sdk-test:2"));
    expect(missing).toMatchObject({ name: expect.stringMatching(/^(Stream|Engine)Error$/) });
    expect(await rejection(docker.push(`busybox@sha256:${"0".repeat(64)}`))).toBeInstanceOf(ArgumentError);
  });
});
