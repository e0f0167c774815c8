import { isEngineError } from "../../src/index.js";
import { describeStores, everyStore, failureOf, uniqueName, useEngine } from "./engine.js";

describeStores(everyStore, "volumes", (engine) => {
  const { docker, atEnd } = useEngine(engine);

  const create = async (what: string, labels = {}): Promise<string> => {
    const { Name } = await docker.volumeCreate({ Name: uniqueName(what), Labels: labels });
    atEnd(() => docker.volumeDelete(Name, { force: true }));
    return Name;
  };

  test("one is created, listed, inspected and deleted", async () => {
    const Name = await create("volume", { of: "a test" });
    const volume = await docker.volumeInspect(Name);
    expect(volume).toMatchObject({ Name, Driver: "local", Scope: "local", Labels: { of: "a test" } });
    const { Volumes } = await docker.volumeList({ filters: { name: [Name] } });
    expect(Volumes?.map((listed) => listed.Name)).toEqual([Name]);
    expect(await docker.volumeDelete(Name).result()).toMatchObject({ ok: true, status: 204 });
    expect(isEngineError(failureOf(await docker.volumeInspect(Name).result()).error, 404)).toBe(true);
  });

  test("one without a name gets one, and driver options are kept", async () => {
    const DriverOpts = { type: "tmpfs", device: "tmpfs", o: "size=1m" };
    const { Name } = await docker.volumeCreate({ DriverOpts });
    atEnd(() => docker.volumeDelete(Name, { force: true }));
    expect(Name).toMatch(/^[0-9a-f]{64}$/);
    expect((await docker.volumeInspect(Name)).Options).toEqual(DriverOpts);
  });

  test("data in it outlives its container, and a used one is not deleted", async () => {
    const Name = await create("kept");
    const run = async (...Cmd: string[]): Promise<string> => {
      const HostConfig = { Binds: [`${Name}:/data`], NetworkMode: "none" };
      const { Id } = await docker.containerCreate({ Image: "busybox:local", Cmd, HostConfig });
      await docker.containerStart(Id);
      await docker.containerWait(Id);
      return Id;
    };
    const writer = await run("sh", "-c", "echo kept >/data/file");
    expect(isEngineError(failureOf(await docker.volumeDelete(Name).result()).error, 409)).toBe(true);
    await docker.containerDelete(writer);
    const reader = await run("cat", "/data/file");
    const { stdout } = await (await docker.containerLogs(reader, { stdout: true })).text();
    expect(stdout).toBe("kept\n");
    const { Volumes } = await docker.systemDataUsage({ type: ["volume"] });
    const usage = Volumes?.find((volume) => volume.Name === Name)?.UsageData;
    expect(usage).toMatchObject({ RefCount: 1 });
    expect(usage?.Size).toBeGreaterThan(0);
    await docker.containerDelete(reader);
  });

  test("a prune deletes the unused ones that the filter finds", async () => {
    const label = uniqueName("pruned");
    const Name = await create("pruned", { [label]: "" });
    const filters = { label: [label], all: ["true"] };
    const { VolumesDeleted } = await docker.volumePrune({ filters });
    expect(VolumesDeleted).toEqual([Name]);
  });
});
