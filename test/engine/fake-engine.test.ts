import { Docker } from "../../src/index.js";
import { startFakeEngine } from "../../src/testing/index.js";
import { engineCalls, removeContainers } from "../helpers/engine-calls.js";
import { describeStores, everyStore, uniqueName, useEngine } from "./engine.js";

describeStores(everyStore, "what the fake Engine exports", (engine) => {
  const { docker, imageName, load } = useEngine(engine);

  test.each([["all platforms", undefined] as const, ["one platform", "linux/arm64"] as const])(
    "a real Engine loads, of %s",
    async (_, platform) => {
      const name = imageName("fake");
      await using fake = await startFakeEngine({
        images: [{ name, platforms: ["linux/amd64", "linux/arm64"] }],
      });
      await using client = new Docker({ host: fake.host });
      await load(await client.imageGet(name, platform));
      expect(await docker.imageInspect(name)).toMatchObject({
        RepoTags: [name],
        Config: { Cmd: ["/bin/true"] },
      });
    },
  );
});

// What test/unit/testing/fake-processes.test.ts has a fake Engine do.
describeStores(["containerd"], "what the fake Engine does, a real one does too: it", (engine) => {
  const { docker, atEnd } = useEngine(engine);

  test.each(engineCalls)("$title", async ({ call, want }) => {
    const name = uniqueName("fake");
    atEnd(() => removeContainers(docker, name));
    expect(await call(docker, name)).toEqual(want);
    await removeContainers(docker, name);
  });
});
