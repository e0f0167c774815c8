import nock from "nock";
import type { Client } from "../../generated/v1.51/client.js";
import { Docker } from "../../src/index.js";
import { useNock } from "../helpers/use-nock.js";

// Here src/ stands on generated/v1.51; the compiler, which knows one version at a time, has to be told.
useNock();
type Docker151 = Docker & Client;
const client = (options: ConstructorParameters<typeof Docker>[0]): Docker151 =>
  new Docker(options) as Docker151;
const docker = client({ host: "unix:///var/run/docker.sock" });
const engine = () => nock("http://localhost");
const arm = { os: "linux", architecture: "arm64" };

test("an inspect asks for a platform, as JSON (API 1.49)", async () => {
  engine()
    .get("/v1.51/images/alpine/json")
    .query({ platform: JSON.stringify(arm) })
    .reply(200, { Id: "sha256:1" });
  expect(await docker.imageInspect("alpine", { platform: arm })).toEqual({ Id: "sha256:1" });
});

test("a delete names platforms, one key each (API 1.50)", async () => {
  const amd = { os: "linux", architecture: "amd64" };
  engine()
    .delete("/v1.51/images/alpine")
    .query(
      (query) => JSON.stringify(query.platforms) === JSON.stringify([arm, amd].map((p) => JSON.stringify(p))),
    )
    .reply(200, [{ Deleted: "sha256:1" }]);
  expect(await docker.imageDelete("alpine", { platforms: [arm, amd] })).toEqual([{ Deleted: "sha256:1" }]);
});

test.each([
  { option: "platform", since: "1.49", call: () => old().imageInspect("alpine", { platform: arm }) },
  { option: "platforms", since: "1.50", call: () => old().imageDelete("alpine", { platforms: [arm] }) },
])(
  "$option is refused where the Engine speaks 1.48 only, not silently ignored",
  async ({ option, since, call }) => {
    await expect(call()).rejects.toThrow(`the option ${option} needs API ${since}`);
  },
);

const old = (): Docker151 => client({ host: "unix:///var/run/docker.sock", apiVersion: "1.48" });

test("the contract of imageGet is the same", async () => {
  engine()
    .get("/v1.51/images/alpine/get")
    .query({ platform: JSON.stringify(arm) })
    .reply(404, { message: "no such image" });
  expect(await docker.imageGet("alpine", arm).result()).toMatchObject({
    ok: false,
    kind: "errorResponse",
    status: 404,
  });
});
