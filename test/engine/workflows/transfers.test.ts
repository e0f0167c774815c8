/** Pull, push, load and save: several at once, their results as data, and whether all is there. */
import { existsSync } from "node:fs";
import { Readable } from "node:stream";
import {
  EngineError,
  StreamError,
  type TransferEvent,
  type TransferLayer,
  UnsupportedError,
} from "../../../src/index.js";
import { OciImage } from "../../../src/testing/fake/oci-image.js";
import { packTar } from "../../helpers/pack-tar.js";
import { bytesOf } from "../../helpers/streams.js";
import { type Engine, engines, fromEnvironment, rejection, uniqueName, useEngine } from "../engine.js";
import { needRegistry, type Registry, startRegistry } from "../registry.js";
import { LOGIN, REGISTRY } from "../survey/images.js";
import { readTar } from "../tar.js";

interface Named extends Engine {
  readonly name: string;
  readonly isPodman?: boolean;
}

const other = (variable: string, name: string, isPodman = false): Named[] => {
  const host = fromEnvironment(variable, `the transfers on ${name}`);
  return host ? [{ name, host, store: "overlay2", isPodman }] : [];
};

const all: readonly Named[] = [
  ...engines.map((engine) => ({ ...engine, name: `this run's Engine (${engine.store})` })),
  ...other("DOCKER_HOST_26", "Engine 26.1"),
  ...other("DOCKER_HOST_20", "Engine 20.10"),
  ...other("DOCKER_HOST_PODMAN_58", "Podman 5.8", true),
  ...other("DOCKER_HOST_PODMAN_43", "Podman 4.3", true),
];

needRegistry("transfers", (binary) =>
  describe.each(all)("images of $name", ({ isPodman = false, ...engine }) => {
    const bench = useEngine(engine);
    const { atEnd, docker, path } = bench;
    const platforms = ["amd64", "arm64"].map((architecture) => ({ os: "linux", architecture }));
    let registry: Pick<Registry, "address" | "login">;
    let auth: Registry["login"];
    /** A repository in the registry, and its two tags, both of one image for two platforms. */
    let [repo, one, two] = ["", "", ""];

    beforeAll(async () => {
      // Podman checks a login over TLS only, so that it cannot tell whether a registry has started.
      registry = isPodman ? { address: REGISTRY, login: LOGIN } : await startRegistry(bench, binary);
      auth = registry.login;
      repo = `${registry.address}/${uniqueName("transfer")}`;
      [one, two] = [`${repo}:one`, `${repo}:two`];
      // The Engine reports progress every 100 ms; a smaller layer can be sent in between.
      const image = await OciImage.build({ name: one, platforms, layerBytes: 20_000_000 });
      await docker.load(await bytesOf(await image.export()));
      await docker.imageTag(one, { repo, tag: "two" });
      for (const name of [one, two]) atEnd(() => docker.imageDelete(name, { force: true }));
    });

    const remove = async (): Promise<void> => {
      for (const name of [one, two]) await docker.imageDelete(name, { force: true });
    };

    test("are loaded with their names and IDs, and saved whole", async () => {
      const file = path("both.tar");
      const whole = engine.store === "containerd" ? ["linux/amd64", "linux/arm64"] : ["linux/amd64"];
      expect((await docker.platforms(one)).map(({ name }) => name)).toEqual(whole);
      expect((await docker.platforms(one)).every(({ isComplete, size }) => isComplete && size > 1e6)).toBe(
        true,
      );
      await docker.save([one, two], file, { complete: true });
      const { Id } = await docker.imageInspect(one);
      const loaded = await docker.load(file);
      expect(loaded.sort((a, b) => `${a.name}`.localeCompare(`${b.name}`))).toEqual([
        { name: one, id: Id },
        { name: two, id: Id },
      ]);
      const events: TransferEvent[] = [];
      await docker.load(file, { onProgress: (event) => events.push(event) });
      expect(events.at(-1)).toMatchObject({
        type: "message",
        status: expect.stringMatching(/^Loaded image: /),
      });
    });

    test("are pushed with digest and size, under one tag and all", async () => {
      const events: TransferEvent[] = [];
      const pushed = await docker.push(one, { auth, onProgress: (event) => events.push(event) });
      expect(pushed).toEqual({
        name: one,
        tag: "one",
        digest: expect.stringMatching(/^sha256:\w{64}$/),
        size: expect.any(Number),
        insteadOf: undefined,
      });
      expect(events.every(({ image }) => image === one)).toBe(true);
      const layers = events.filter((event): event is TransferLayer => event.type === "layer");
      if (!isPodman)
        expect(layers.some(({ current = 0, total = 0 }) => current > 1e6 && total > 1e6)).toBe(true);
      if (engine.store === "containerd") expect(pushed.digest).toBe((await docker.imageInspect(one)).Id);
      if (isPodman) {
        expect(await rejection(docker.push(repo, { auth, allTags: true }))).toBeInstanceOf(EngineError);
        await docker.push(two, { auth });
        return;
      }
      const tags = await docker.push(repo, { auth, allTags: true });
      expect(tags.map(({ name, digest }) => [name, digest]).sort()).toEqual([
        [one, pushed.digest],
        [two, pushed.digest],
      ]);
    });

    test("are pulled several at once, and all tags, with their digests", async () => {
      await remove();
      const events: TransferEvent[] = [];
      const pulled = await docker.pull([one, two], { auth, onProgress: (event) => events.push(event) });
      expect(pulled.map(({ name }) => name)).toEqual([one, two]);
      const digest = isPodman ? undefined : expect.stringMatching(/^sha256:\w{64}$/);
      for (const image of pulled) expect(image.digest).toEqual(digest);
      const layers = events.filter((event): event is TransferLayer => event.type === "layer");
      expect(layers.length).toBeGreaterThan(0);
      expect(new Set(layers.map(({ id }) => id.length))).toEqual(new Set([12]));
      const tags = docker.pull(repo, { auth, allTags: true });
      if (isPodman) return void expect(await rejection(tags)).toBeInstanceOf(UnsupportedError);
      expect((await tags).map(({ name }) => name).sort()).toEqual([one, two]);
      expect(await rejection(docker.pull([one, `${repo}:none`], { auth }))).toBeInstanceOf(EngineError);
    });

    if (engine.store === "containerd") {
      /** An image of which the Engine has never had the second platform. */
      const halfHere = async (): Promise<string> => {
        const name = `${repo}:half`;
        const image = await OciImage.build({ name, platforms });
        const items = await readTar(Readable.from(await image.export()));
        const gone = image.manifests[1]?.blobs.map((digest) => `blobs/${digest.replace(":", "/")}`) ?? [];
        const kept = items.filter((item) => !gone.includes(item.name) && item.type === "file");
        const files = kept.map(({ name: path, content }) => ({ name: path, content }));
        await docker.load(await packTar(files));
        atEnd(() => docker.imageDelete(name, { force: true }));
        return name;
      };

      test("of which only one platform is here say so, and are not saved as if whole", async () => {
        const half = await halfHere();
        const [amd64, arm64] = await docker.platforms(half);
        expect(amd64).toMatchObject({ name: "linux/amd64", isComplete: true });
        expect(arm64).toMatchObject({ name: "linux/arm64", isComplete: false, size: 0 });
        const file = path("part.tar");
        const error = await rejection(docker.save(half, file, { complete: true }));
        expect(error).toBeInstanceOf(StreamError);
        expect((error as Error).message).toContain(`linux/arm64: manifest ${arm64?.digest} is missing`);
        const whole = docker.imageGet(half).then((tar) => tar.toFile(file, { complete: true }));
        expect(await rejection(whole)).toBeInstanceOf(StreamError);
        expect(existsSync(file)).toBe(false);
        await docker.save(half, file, { complete: true, platform: "linux/amd64" });
        expect(existsSync(file)).toBe(true);
        const { digest, insteadOf } = await docker.push(half, { auth });
        expect([digest, insteadOf]).toEqual([amd64?.digest, (await docker.imageInspect(half)).Id]);
      });

      test("are pulled and pushed for another platform than the Engine's", async () => {
        await remove();
        await docker.pull(two, { auth, platform: "linux/arm64" });
        const [, arm64] = await docker.platforms(two);
        expect(arm64?.isComplete).toBe(true);
        const { digest } = await docker.push(two, { auth, platform: "linux/arm64" });
        expect(digest).toBe(arm64?.digest);
        await docker.save(two, path("arm.tar"), { complete: true, platform: "linux/arm64" });
        const { Id } = await docker.imageInspect(two);
        await docker.imageDelete(two, { force: true });
        const [loaded] = await docker.load(path("arm.tar"));
        expect(loaded).toEqual({ name: two, id: arm64?.digest });
        expect(loaded?.id).not.toBe(Id);
      });
    }
  }),
);
