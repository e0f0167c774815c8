import { isEngineError, StreamError } from "../../src/index.js";
import { describeStores, everyStore, failureOf, rejection, uniqueName, useEngine } from "./engine.js";
import { tarOfFiles } from "./tar-of-files.js";

describeStores(everyStore, "images", (engine) => {
  const { docker, imageName, atEnd } = useEngine(engine);
  const split = (name: string) => {
    const [repo = "", tag = ""] = name.split(":");
    return { repo, tag };
  };

  test("a list has sizes, and manifests if requested", async () => {
    const images = await docker.imageList({
      all: true,
      manifests: true,
      "shared-size": true,
      filters: { reference: ["busybox:local"] },
    });
    expect(images).toHaveLength(1);
    expect(images[0]).toMatchObject({ RepoTags: expect.arrayContaining(["busybox:local"]) });
    expect(images[0]?.Size).toBeGreaterThan(100_000);
    expect(images[0]?.SharedSize).toBeGreaterThanOrEqual(0);
  });

  test("a tag is another name, and can be taken away without the image", async () => {
    const name = imageName("tag");
    await docker.imageTag("busybox:local", split(name));
    const { Id } = await docker.imageInspect("busybox:local");
    expect(await docker.imageInspect(name)).toMatchObject({ Id });
    const deleted = await docker.imageDelete(name);
    expect(deleted).toContainEqual({ Untagged: name });
    expect(isEngineError(failureOf(await docker.imageInspect(name).result()).error, 404)).toBe(true);
    expect(await docker.imageInspect("busybox:local")).toMatchObject({ Id });
    const missing = failureOf(await docker.imageTag("sdk-test-none", split(name)).result());
    expect(isEngineError(missing.error, 404)).toBe(true);
  });

  test("its history names what made it", async () => {
    const history = await docker.imageHistory("busybox:local");
    expect(history.length).toBeGreaterThan(0);
    expect(history[0]).toMatchObject({ Comment: "Imported from -" });
    expect(history[0]?.Size).toBeGreaterThan(100_000);
  });

  test("the classic builder runs commands, with arguments and labels", async () => {
    const name = imageName("classic");
    const Dockerfile = "FROM busybox:local\nARG WORD\nRUN echo $WORD >/word\nEXPOSE 80\nVOLUME /data\n";
    const stream = await docker.imageBuild({
      body: await tarOfFiles({ Dockerfile }),
      t: [name],
      buildargs: { WORD: "built" },
      labels: { made: "here" },
      networkmode: "none",
    });
    let text = "";
    let id = "";
    for await (const { stream: line = "", aux } of stream) {
      text += line;
      id = (aux as { ID?: string } | undefined)?.ID ?? id;
    }
    expect(text).toContain(`Successfully tagged ${name}`);
    const { Id, Config } = await docker.imageInspect(name);
    expect(Id).toBe(id);
    expect(Config).toMatchObject({ Labels: { made: "here" }, ExposedPorts: { "80/tcp": {} } });
  });

  test("BuildKit builds from a tar, and its cache can be pruned", async () => {
    const name = imageName("buildkit");
    const content = uniqueName("content");
    const context = await tarOfFiles({ Dockerfile: "FROM busybox:local\nCOPY file /file\n", file: content });
    const ids: string[] = [];
    const stream = await docker.imageBuild({ body: context, t: [name], version: "2" });
    for await (const { id } of stream) if (id) ids.push(id);
    expect(ids).toContain("moby.image.id");
    expect(ids).toContain("moby.buildkit.trace");
    expect(await docker.imageInspect(name).result()).toMatchObject({ ok: true });
    const usage = await docker.systemDataUsage({ type: ["build-cache"] });
    expect(usage.BuildCache?.length).toBeGreaterThan(0);
    await docker.imageDelete(name, { force: true });
    const { CachesDeleted, SpaceReclaimed } = await docker.buildPrune({ all: true });
    expect(CachesDeleted?.length).toBeGreaterThan(0);
    expect(SpaceReclaimed).toBeGreaterThan(0);
  });

  test("a build that fails says so after the 200", async () => {
    const stream = await docker.imageBuild({
      body: await tarOfFiles({ Dockerfile: "FROM busybox:local\nRUN exit 9\n" }),
      networkmode: "none",
    });
    const error = await rejection(stream.done());
    expect(error).toBeInstanceOf(StreamError);
    expect((error as Error).message).toContain("exit 9");
    const nothing = failureOf(await docker.imageBuild({ body: await tarOfFiles({ file: "" }) }).result());
    expect(isEngineError(nothing.error)).toBe(true);
  });

  test("a prune deletes the nameless images that the filter finds", async () => {
    const label = uniqueName("pruned");
    const { Id: container } = await docker.containerCreate({ Image: "busybox:local" });
    atEnd(() => docker.containerDelete(container));
    const { Id } = await docker.imageCommit({ container, changes: [`LABEL ${label}=1`] });
    expect(await docker.imageInspect(Id)).toMatchObject({ Config: { Labels: { [label]: "1" } } });
    const { ImagesDeleted } = await docker.imagePrune({ filters: { label: [label] } });
    expect(ImagesDeleted?.map(({ Deleted }) => Deleted)).toContain(Id);
    expect(isEngineError(failureOf(await docker.imageInspect(Id).result()).error, 404)).toBe(true);
  });
});
