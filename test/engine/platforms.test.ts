import { type BinaryBody, imageGet, type Platform } from "../../src/index.js";
import { OciImage } from "../../src/testing/fake/oci-image.js";
import { containerd, describeStores, failureOf, useEngine } from "./engine.js";
import { readExport, readTar } from "./tar.js";

const platforms = [
  { os: "linux", architecture: "amd64" },
  { os: "linux", architecture: "arm64" },
  { os: "linux", architecture: "arm", variant: "v5" },
] as const satisfies readonly Platform[];

const text = ({ os, architecture, variant }: Platform): string =>
  [os, architecture, variant].filter(Boolean).join("/");

const named = platforms.map((platform) => [text(platform), platform] as const);

const bodyOf = async (image: OciImage): Promise<BinaryBody> =>
  (await image.export()) as AsyncIterable<Buffer>;

describeStores(["containerd"], "an image of three platforms", (engine) => {
  const { docker, imageName, load } = useEngine(engine);
  const name = imageName("platforms");
  let image: OciImage;

  beforeAll(async () => {
    image = await OciImage.build({ name, platforms });
    await load(await bodyOf(image));
  });

  test("keeps the ID of its index", async () => {
    expect((await docker.imageInspect(name)).Id).toBe(image.id);
  });

  test("is exported completely, with all manifests and blobs", async () => {
    const whole = readExport(await readTar(await docker.imageGet(name)));
    expect(whole.platforms).toEqual(["linux/amd64", "linux/arm/v5", "linux/arm64"]);
    expect(whole.manifests).toEqual(image.manifests.map(({ digest }) => digest).sort());
    expect(whole.blobs).toHaveLength(6);
  });

  describe.each(named)("%s", (_text, platform) => {
    const wanted = (): string | undefined =>
      image.manifests.find((manifest) => text(manifest.platform) === text(platform))?.digest;

    test.each([
      ["object", platform as Platform],
      ["string", text(platform)],
    ])("given as %s exports that manifest only", async (_, form) => {
      const one = readExport(await readTar(await docker.imageGet(name, form)));
      expect(one.manifests).toEqual([wanted()]);
      expect(one.platforms).toEqual([text(platform)]);
      expect(one.blobs).toHaveLength(2);
    });

    test("the function imageGet does the same", async () => {
      const result = await imageGet(docker, name, platform);
      if (!result.ok) throw result.error;
      expect(result).toMatchObject({ kind: "archive", status: 200 });
      expect(readExport(await readTar(result.data)).manifests).toEqual([wanted()]);
    });
  });

  test.each(["linux/s390x", "windows/amd64", "linux/arm/v7"])(
    "has no %s: errorResponse, 404",
    async (absent) => {
      const failed = failureOf(await docker.imageGet(name, absent).result());
      expect(failed).toMatchObject({ kind: "errorResponse", status: 404 });
      if (failed.kind !== "errorResponse") throw failed.error;
      expect(failed.data.message).toContain(absent);
      expect(failed.headers.get("Content-Type")).toBe("application/json");
    },
  );
});

describeStores(["overlay2"], "an image of three platforms", (engine) => {
  const { docker, imageName, load } = useEngine(engine);
  const source = useEngine(containerd);
  const name = imageName("platforms");
  let image: OciImage;

  beforeAll(async () => {
    image = await OciImage.build({ name, platforms });
    await source.load(await bodyOf(image));
  });
  source.atEnd(() => source.docker.imageDelete(name));
  afterEach(async () => {
    await docker.imageDelete(name, { force: true }).result();
  });

  test.each([
    ["as it was built", () => bodyOf(image)],
    ["as the other store exports it", async () => source.docker.imageGet(name)],
  ])("loads as the one platform that manifest.json names: %s", async (_, archive) => {
    await load(await archive());
    const whole = readExport(await readTar(await docker.imageGet(name)));
    expect(whole.platforms).toEqual(["linux/amd64"]);
  });

  test.each(named)("%s alone loads and is exported", async (_text, platform) => {
    await load(await source.docker.imageGet(name, platform));
    const { Os, Architecture, Variant } = await docker.imageInspect(name);
    expect([Os, Architecture, Variant].filter(Boolean).join("/")).toBe(text(platform));

    const whole = readExport(await readTar(await docker.imageGet(name)));
    expect(whole.platforms).toEqual([text(platform)]);
    for (const form of [platform, text(platform)]) {
      const one = readExport(await readTar(await docker.imageGet(name, form)));
      expect(one).toEqual(whole);
    }
    const layer = image.manifests.find((manifest) => text(manifest.platform) === text(platform))?.blobs[2];
    expect(whole.blobs).toContain(layer);
  });

  test("answers 500 where the containerd store answers 404 to a platform that is not there", async () => {
    await load(await source.docker.imageGet(name, "linux/arm64"));
    const failed = failureOf(await docker.imageGet(name, "linux/s390x").result());
    expect(failed).toMatchObject({ kind: "errorResponse", status: 500 });
    expect(failed.error.message).toContain("linux/s390x");
  });
});
