import { isEngineError } from "../../src/index.js";
import { describeStores, everyStore, failureOf, rejection, uniqueName, useEngine } from "./engine.js";
import { needRegistry, type Registry, startRegistry, startSearch } from "./registry.js";

needRegistry("push, pull and logins", (binary) =>
  describeStores(everyStore, "a registry with a login", (engine) => {
    const bench = useEngine(engine);
    const { docker, atEnd } = bench;
    let registry: Registry;

    beforeAll(async () => {
      registry = await startRegistry(bench, binary);
    });

    test("a login is checked", async () => {
      const { login } = registry;
      expect(await docker.systemAuth(login)).toMatchObject({ Status: "Login Succeeded" });
      const wrong = failureOf(await docker.systemAuth({ ...login, password: "wrong" }).result());
      expect(isEngineError(wrong.error)).toBe(true);
      expect(wrong.error.message).toMatch(/unauthorized/i);
    });

    test("an image is pushed, described by the registry, deleted and pulled again", async () => {
      const { address, login } = registry;
      const auth = { "X-Registry-Auth": login };
      const repo = `${address}/${uniqueName("pushed")}`;
      const name = `${repo}:1`;
      atEnd(async () => void (await docker.imageDelete(name, { force: true }).result()));
      await docker.imageTag("busybox:local", { repo, tag: "1" });
      await (await docker.imagePush(repo, { tag: "1", ...auth })).done();
      const { Descriptor } = await docker.distributionInspect(name, auth);
      const { digest } = Descriptor;
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(Descriptor.mediaType).toMatch(/manifest/);
      expect(Descriptor.size).toBeGreaterThan(100);
      await docker.imageDelete(name);
      const records: string[] = [];
      for await (const { status } of await docker.imageCreate({ fromImage: repo, tag: "1", ...auth })) {
        if (status) records.push(status);
      }
      expect(records).toContain(`Digest: ${digest}`);
      expect((await docker.imageInspect(name)).RepoDigests).toContain(`${repo}@${digest}`);
    });

    test("without the login, or of what it does not have, it is an error", async () => {
      const { address, login } = registry;
      const auth = { "X-Registry-Auth": login };
      const name = `${address}/sdk-test-none:1`;
      expect(isEngineError(failureOf(await docker.distributionInspect(name).result()).error)).toBe(true);
      expect(isEngineError(failureOf(await docker.distributionInspect(name, auth).result()).error)).toBe(
        true,
      );
      const pulled = await docker.imageCreate({ fromImage: name, ...auth }).result();
      const error = pulled.ok ? await rejection(pulled.data.done()) : pulled.error;
      expect((error as Error).message).toMatch(/not found|unknown/);
    });
  }),
);

describeStores(everyStore, "a search", (engine) => {
  const bench = useEngine(engine);

  test("gives what an index finds", async () => {
    const address = await startSearch(bench);
    const found = await bench.docker.imageSearch({ term: `${address}/found`, limit: 5 });
    expect(found).toEqual([
      expect.objectContaining({ name: "found", description: "a test", star_count: 7, is_official: true }),
    ]);
    const none = failureOf(await bench.docker.imageSearch({ term: "" }).result());
    expect(isEngineError(none.error)).toBe(true);
  });
});
