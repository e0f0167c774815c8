import type { Client } from "../../../generated/v1.55/client.js";
import { type Docker as HomeDocker, isEngineError } from "../../../src/index.js";
import { describeStores, type Engine, everyStore, failureOf } from "../engine.js";
import { watchEngine } from "../watched-engine.js";
import { builtEntry } from "./built-entry.js";

type Own = Exclude<keyof Client, "imageGet">;
type Docker155 = Omit<HomeDocker, Own> & Pick<Client, Own> & AsyncDisposable;

let Docker: new (options: ConstructorParameters<typeof HomeDocker>[0]) => Docker155;
beforeAll(() => {
  ({ Docker } = builtEntry<{ Docker: typeof Docker }>("v1.55"));
}, 600_000);

// Engine 28.5 speaks up to API 1.51.
describeStores(everyStore, "docker-engine-sdk/v1.55 on an older Engine", (engine: Engine) => {
  let docker: Docker155;
  beforeAll(() => {
    docker = new Docker({ host: engine.host });
  });
  afterAll(() => docker?.close());

  test("is called with the Engine's version, by the first call and from then on", async () => {
    await using watched = await watchEngine(engine);
    await using fresh = new Docker({ host: watched.host });
    const missing = async () => {
      const { error } = failureOf(await fresh.containerInspect("sdk-test-none").result());
      return isEngineError(error) && error.url;
    };
    expect(await missing()).toBe("/v1.51/containers/sdk-test-none/json");
    expect(await missing()).toBe("/v1.51/containers/sdk-test-none/json");
  });

  test("list, inspect, export, disk usage, and events as the Engine has them", async () => {
    const [image] = await docker.imageList({ filters: { reference: ["busybox:local"] } });
    expect(image?.RepoTags).toContain("busybox:local");
    expect(await docker.imageInspect("busybox:local")).toMatchObject({ Os: "linux" });
    const tar = await (await docker.imageGet("busybox:local")).bytes();
    expect(tar.toString("latin1", 257, 262)).toBe("ustar");
    const usage = await docker.systemDataUsage({ type: ["image"] });
    expect(usage.LayersSize).toBeGreaterThan(0);
    expect(usage.ImageUsage).toBeUndefined();
    const tag = `sdk-test-155-${process.pid}`;
    const since = String(Date.now() / 1000 - 1);
    await docker.imageTag("busybox:local", { repo: tag, tag: "one" });
    await docker.imageDelete(`${tag}:one`);
    for await (const { Action, Actor } of docker.events({ since, filters: { image: [`${tag}:one`] } })) {
      expect(Action).toBe("tag");
      expect(Actor.Attributes.name).toBe(`${tag}:one`);
      break;
    }
  });

  test("run and wait", async () => {
    const options = { stdin: "a\nb\n", remove: true };
    expect(await docker.run("busybox:local", ["wc", "-l"], options)).toMatchObject({
      exitCode: 0,
      stdout: "2\n",
    });
  });

  test("what the Engine would ignore is refused, and what it lacks is its own error", async () => {
    await expect(docker.imageList({ identity: true })).rejects.toThrow("the option identity needs API 1.54");
    await expect(docker.systemDataUsage({ verbose: true })).rejects.toThrow(
      "the option verbose needs API 1.52",
    );
    const names = ["busybox:local"];
    const platform = ["amd64", "arm64"].map((architecture) => ({ os: "linux", architecture }));
    await expect(docker.imageGetAll({ names, platform })).rejects.toThrow(
      "the option platform with several values needs API 1.52",
    );
    const { error } = failureOf(await docker.imageAttestations("busybox:local").result());
    expect(isEngineError(error, 404)).toBe(true);
  });
});
