import nock from "nock";
import type { Client } from "../../generated/v1.52/client.js";
import { ArgumentError, Docker as HomeDocker, UnsupportedError } from "../../src/index.js";
import { useNock } from "../helpers/use-nock.js";

// Here src/ stands on generated/v1.52; the compiler, which knows one version at a time, has to be told.
useNock();
type Docker152 = Omit<HomeDocker, keyof Client> & Client & AsyncDisposable;
const client = (options: ConstructorParameters<typeof HomeDocker>[0]): Docker152 =>
  new HomeDocker(options) as unknown as Docker152;
const host = "unix:///var/run/docker.sock";
const docker = client({ host });
const engine = () => nock("http://localhost");
const arm = { os: "linux", architecture: "arm64" };
const amd = { os: "linux", architecture: "amd64" };
const written = (...platforms: object[]) => platforms.map((platform) => JSON.stringify(platform));

test.each([
  { given: "one platform", platform: arm, want: JSON.stringify(arm) },
  { given: "several platforms, one key each", platform: [arm, amd], want: written(arm, amd) },
])("an export takes $given", async ({ platform, want }) => {
  const scope = engine()
    .get("/v1.52/images/alpine/get")
    .query((query) => JSON.stringify(query.platform) === JSON.stringify(want))
    .reply(404, { message: "no such image" });
  expect(await docker.imageGet("alpine", platform).result()).toMatchObject({ ok: false, status: 404 });
  scope.done();
});

test("several platforms are refused where the Engine speaks 1.51 only, which would use one of them", async () => {
  const old = client({ host, apiVersion: "1.51" });
  const refused = old.imageGet("alpine", [arm, amd]);
  await expect(refused).rejects.toThrow("the option platform with several values needs API 1.52");
  await expect(old.imageGetAll({ names: ["a"], platform: [arm, amd] })).rejects.toBeInstanceOf(
    UnsupportedError,
  );
  await expect(old.save("a", "a.tar", { platform: [arm, amd] })).rejects.toThrow(
    /^save: the option platform with several values needs API 1.52/,
  );
  const half = { os: "linux" } as never;
  await expect(docker.imageGet("alpine", [arm, half])).rejects.toBeInstanceOf(ArgumentError);
});

test("a verbose disk usage lists objects, and is refused where the Engine speaks 1.51 only", async () => {
  const usage = { ImageUsage: { TotalCount: 1, TotalSize: 7, Items: [{ Id: "sha256:1" }] } };
  engine().get("/v1.52/system/df").query({ verbose: "true" }).reply(200, usage);
  const { ImageUsage } = await docker.systemDataUsage({ verbose: true });
  expect(ImageUsage?.Items?.map(({ Id }) => Id)).toEqual(["sha256:1"]);
  const old = client({ host, apiVersion: "1.51" });
  await expect(old.systemDataUsage({ verbose: true })).rejects.toThrow("the option verbose needs API 1.52");
});

test("addresses left on a subnet are exact beyond 2^53", async () => {
  const status =
    '{"IPAM":{"Subnets":{"fd00::/64":{"IPsInUse":3,"DynamicIPsAvailable":18446744073709551612}}}}';
  engine().get("/v1.52/networks/six").reply(200, `{"Id":"n","Status":${status}}`, {
    "Content-Type": "application/json",
  });
  const { Status } = await docker.networkInspect("six");
  expect(Status?.IPAM.Subnets?.["fd00::/64"]?.DynamicIPsAvailable).toBe(18446744073709551612n);
});
