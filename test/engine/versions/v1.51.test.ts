import type { Client } from "../../../generated/v1.51/client.js";
import { Docker as HomeDocker } from "../../../src/index.js";
import { describeStores, type Engine, everyStore, failureOf } from "../engine.js";
import { watchEngine } from "../watched-engine.js";
import { builtEntry } from "./built-entry.js";

type Own = Exclude<keyof Client, "imageGet">;
type Docker151 = Omit<HomeDocker, Own> & Pick<Client, Own>;

/** The package as it is published: by its name, through its exports. */
let Docker: new (options: ConstructorParameters<typeof HomeDocker>[0]) => Docker151;
beforeAll(() => {
  ({ Docker } = builtEntry<{ Docker: typeof Docker }>("v1.51"));
}, 600_000);

const native = async (docker: Docker151): Promise<{ os: string; architecture: string }> => {
  const { Os = "", Architecture = "" } = await docker.imageInspect("busybox:local");
  return { os: Os, architecture: Architecture };
};
const absent = { os: "linux", architecture: "s390x" };

describeStores(everyStore, "docker-engine-sdk/v1.51", (engine: Engine) => {
  let docker: Docker151;
  beforeAll(() => {
    docker = new Docker({ host: engine.host });
  });
  afterAll(() => docker?.close());

  test("speaks to /v1.51 and to no other version", async () => {
    await using watched = await watchEngine(engine);
    await using client = new Docker({ host: watched.host });
    await client.containerList();
    const failed = failureOf(await client.containerInspect("sdk-test-no-such-container").result());
    expect(failed.error).toMatchObject({
      url: expect.stringMatching(/^\/v1\.51\/containers\//),
      status: 404,
    });
  });

  test("is another client than the package's own, which speaks 1.48", async () => {
    await using home = new HomeDocker({ host: engine.host });
    const failed = failureOf(await home.containerInspect("sdk-test-no-such-container").result());
    expect(failed.error).toMatchObject({ url: expect.stringMatching(/^\/v1\.48\//) });
    expect(docker).not.toBeInstanceOf(HomeDocker);
  });

  test("lacks the fields that 1.50 removed, and has the firewall that 1.49 added", async () => {
    const { Config } = await docker.imageInspect("busybox:local");
    expect(Config).toMatchObject({ Cmd: ["sh"], Env: ["PATH=/bin"] });
    for (const gone of ["Hostname", "Domainname", "AttachStdin", "Tty", "Image"])
      expect(Config).not.toHaveProperty(gone);
    // An imported image has them as null, in 1.51 too: the types say so.
    expect([Config?.Entrypoint, Config?.Volumes, Config?.Labels]).toEqual([null, null, null]);
    const info = await docker.systemInfo();
    expect(info.FirewallBackend?.Driver).toEqual(expect.stringMatching(/^(iptables|nftables)/));
    expect(info).not.toHaveProperty("BridgeNfIptables");
  });
});

describeStores(["containerd"], "docker-engine-sdk/v1.51, platforms", (engine: Engine) => {
  let docker: Docker151;
  beforeAll(() => {
    docker = new Docker({ host: engine.host });
  });
  afterAll(() => docker?.close());

  test("imageInspect takes a platform (1.49)", async () => {
    const platform = await native(docker);
    expect(await docker.imageInspect("busybox:local", { platform })).toMatchObject({
      Architecture: platform.architecture,
    });
    const failed = failureOf(await docker.imageInspect("busybox:local", { platform: absent }).result());
    expect(failed).toMatchObject({ status: 404, error: { message: expect.stringContaining("linux/s390x") } });
  });

  test("imageDelete takes platforms, and deletes these only (1.50)", async () => {
    const tag = `sdk-test-platforms-${process.pid}`;
    await docker.imageTag("busybox:local", { repo: tag, tag: "one" });
    try {
      const refused = failureOf(
        await docker.imageDelete(`${tag}:one`, { platforms: [absent], force: true }).result(),
      );
      expect([400, 404]).toContain(refused.status);
      expect(await docker.imageInspect(`${tag}:one`)).toMatchObject({ Os: "linux" });
    } finally {
      await docker.imageDelete(`${tag}:one`);
    }
    expect(failureOf(await docker.imageInspect(`${tag}:one`).result()).status).toBe(404);
  });

  test("imageGet exports a platform, by the contract of 1.48", async () => {
    const exporting = docker.imageGet("busybox:local", await native(docker));
    expect(await exporting.result()).toMatchObject({ ok: true, kind: "archive", status: 200 });
    const bytes = await (await exporting).bytes();
    expect(bytes.toString("latin1", 257, 262)).toBe("ustar");
    expect(await docker.imageGet("busybox:local", absent).result()).toMatchObject({
      ok: false,
      kind: "errorResponse",
      status: 404,
    });
  });
});
