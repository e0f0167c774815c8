import { isEngineError } from "../../src/index.js";
import { describeStores, everyStore, failureOf, uniqueName, useEngine } from "./engine.js";

describeStores(everyStore, "the Engine itself", (engine) => {
  const { docker, container } = useEngine(engine);

  test("its version names what it consists of", async () => {
    const { ApiVersion, Components, Os } = await docker.systemVersion();
    expect(ApiVersion).toMatch(/^1\.\d+$/);
    expect(Os).toBe("linux");
    expect(Components?.map(({ Name }) => Name)).toEqual(
      expect.arrayContaining(["Engine", "containerd", "runc"]),
    );
  });

  test("its information names the image store", async () => {
    const { Driver, DriverStatus, Images } = await docker.systemInfo();
    expect(Driver).toBe(engine.store === "containerd" ? "overlayfs" : "overlay2");
    expect(DriverStatus?.length).toBeGreaterThan(0);
    expect(Images).toBeGreaterThan(0);
  });

  test("a ping without a body tells the version in its headers", async () => {
    const answer = await docker.systemPingHead().result();
    expect(answer).toMatchObject({ ok: true, status: 200, data: undefined });
    expect(answer.headers?.get("Api-Version")).toMatch(/^1\.\d+$/);
    expect(answer.headers?.get("Builder-Version")).toBe("2");
  });

  test("disk usage is reported in total, and by type", async () => {
    const id = await container("true");
    const all = await docker.systemDataUsage();
    expect(all.LayersSize).toBeGreaterThan(0);
    expect(all.Containers?.map(({ Id }) => Id)).toContain(id);
    expect(all.Images?.flatMap(({ RepoTags }) => RepoTags)).toContain("busybox:local");
    const images = await docker.systemDataUsage({ type: ["image", "volume"] });
    expect(images.Images?.length).toBe(all.Images?.length);
    expect(images.Containers ?? null).toBeNull();
    const refused = failureOf(await docker.systemDataUsage({ type: ["nonsense"] as never }).result());
    expect(isEngineError(refused.error, 400)).toBe(true);
  });

  test("a session is a separate connection", async () => {
    const session = await docker.session({
      "X-Docker-Expose-Session-Uuid": uniqueName("session"),
      "X-Docker-Expose-Session-Name": "a test",
    });
    // The Engine is the client there; the first thing that it sends is HTTP/2's preface.
    for await (const { data } of session) {
      expect(data.toString("latin1")).toMatch(/^PRI \* HTTP\/2\.0/);
      break;
    }
  });
});
