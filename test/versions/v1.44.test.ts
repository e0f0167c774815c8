import nock from "nock";
import type { Client } from "../../generated/v1.44/client.js";
import { Docker as HomeDocker } from "../../src/index.js";
import { useNock } from "../helpers/use-nock.js";

// Here src/ stands on generated/v1.44; the compiler, which knows one version at a time, has to be told.
useNock();
const docker = new HomeDocker({ host: "unix:///var/run/docker.sock" }) as unknown as Client;
const arm = { os: "linux", architecture: "arm64" };

test("methods take the same arguments as in later versions", async () => {
  nock("http://localhost").get("/v1.44/images/alpine/json").reply(200, { Id: "sha256:1" });
  expect(await docker.imageInspect("alpine", undefined, { timeout: 5000 })).toEqual({ Id: "sha256:1" });
});

test.each([
  { option: "platform", call: () => docker.imageGet("alpine", arm) },
  { option: "platform", call: () => docker.imageGetAll({ names: ["alpine"], platform: arm }) },
  { option: "manifests", call: () => docker.imageInspect("alpine", { manifests: true }) },
])("$option of API 1.48 is refused, not silently ignored", async ({ option, call }) => {
  await expect(call()).rejects.toThrow(`the option ${option} needs API 1.48`);
});
