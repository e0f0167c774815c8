import { Docker } from "../../src/index.js";
import { engines } from "./engine.js";

test.each(engines)("the Engine of $store has that store and busybox:local", async ({ store, host }) => {
  await using docker = new Docker({ host });
  const info = await docker.systemInfo();
  expect(info.Driver).toBe({ containerd: "overlayfs", overlay2: "overlay2" }[store]);
  const image = await docker.imageInspect("busybox:local");
  expect(image.RepoTags).toContain("busybox:local");
});
