import { Docker } from "../../src/index.js";
import { startFakeEngine } from "../../src/testing/index.js";
import { describeStores, everyStore, useEngine } from "./engine.js";

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
