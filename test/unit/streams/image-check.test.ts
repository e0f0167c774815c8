import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Platform, ToFileOptions } from "../../../src/index.js";
import { StreamError } from "../../../src/index.js";
import { TarStream } from "../../../src/streams/index.js";
import { packTar, type TarItem } from "../../helpers/pack-tar.js";
import { tarOf } from "../../helpers/tar-archive.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";

let folder: string;
useTemporaryFolder((path) => {
  folder = path;
});

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");
type Files = Record<string, string | Buffer>;

/** Adds a blob. Returns its descriptor. */
function blob(files: Files, content: string | object, more: object = {}) {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const hex = sha256(text);
  files[`blobs/sha256/${hex}`] = text;
  return { digest: `sha256:${hex}`, size: text.length, ...more };
}

/** An OCI layout of an image for linux/amd64 and linux/arm64, with an attestation. Its digests by what they are of. */
function layout(layerMedia = "application/vnd.oci.image.layer.v1.tar") {
  const files: Files = {};
  const digests: Record<string, string> = {};
  const manifest = (architecture: string) => {
    const platform = { os: "linux", architecture };
    const config = blob(files, { ...platform, rootfs: { diff_ids: [] } });
    const layer = blob(files, `layer of ${architecture}`, { mediaType: layerMedia });
    const made = blob(files, { config, layers: [layer] }, { platform });
    Object.assign(digests, {
      [`${architecture} config`]: config.digest,
      [`${architecture} layer`]: layer.digest,
    });
    digests[architecture] = made.digest;
    return made;
  };
  const manifests = [manifest("amd64"), manifest("arm64")];
  const annotations = { "vnd.docker.reference.type": "attestation-manifest" };
  const unknown = { os: "unknown", architecture: "unknown" };
  const config = blob(files, { attests: true });
  const attestation = blob(files, { config, layers: [] }, { platform: unknown, annotations });
  digests.attestation = attestation.digest;
  const index = blob(files, { manifests: [...manifests, attestation] });
  return { files, digests, roots: [index], manifests };
}

/** The tar, with index.json at its end as the Engine writes it. */
const tarWith = (files: Files, roots: readonly object[]): Buffer =>
  tarOf({ ...files, "index.json": JSON.stringify({ manifests: roots }), "oci-layout": "{}" });

/** Writes a tar in pieces of a size, and returns the error or undefined. */
async function check(
  tar: Buffer,
  complete: ToFileOptions["complete"] = true,
  piece = 700,
): Promise<Error | undefined> {
  const pieces = Array.from({ length: Math.ceil(tar.length / piece) }, (_, i) =>
    tar.subarray(i * piece, (i + 1) * piece),
  );
  const stream = new TarStream(Readable.from(pieces, { objectMode: false }), "ImageGet");
  return stream.toFile(join(folder, "image.tar"), { complete }).then(
    () => undefined,
    (error: Error) => error,
  );
}

/** The layout without what its digest names. */
function without(name: string): { tar: Buffer; digest: string } {
  const { files, digests, roots } = layout();
  const digest = digests[name] ?? "";
  delete files[`blobs/${digest.replace(":", "/")}`];
  return { tar: tarWith(files, roots), digest };
}

test.each([1, 511, 700, 100_000])("a whole image in pieces of %i bytes is written", async (piece) => {
  const { files, roots } = layout();
  expect(await check(tarWith(files, roots), true, piece)).toBeUndefined();
  expect(await readdir(folder)).toEqual(["image.tar"]);
});

test.each([
  { what: "arm64", says: "linux/arm64: manifest DIGEST is missing" },
  { what: "arm64 config", says: "linux/arm64: config DIGEST is missing" },
  { what: "amd64 layer", says: "linux/amd64: layer DIGEST is missing" },
  { what: "attestation", says: "attestation: manifest DIGEST is missing" },
])("without its $what it is refused, and no file appears", async ({ what, says }) => {
  const { tar, digest } = without(what);
  const error = await check(tar);
  expect(error).toBeInstanceOf(StreamError);
  expect(error?.message).toBe(`ImageGet: the archive is incomplete. ${says.replace("DIGEST", digest)}`);
  expect(await readdir(folder)).toEqual([]);
});

test("without `complete` nothing is asked", async () => {
  expect(await check(without("arm64").tar, false)).toBeUndefined();
});

test("of an index only the platforms that are asked for must be there", async () => {
  const [amd64, arm64] = ["amd64", "arm64"].map((architecture) => ({ os: "linux", architecture })) as [
    Platform,
    Platform,
  ];
  const { tar } = without("arm64 layer");
  expect(await check(tar, [amd64])).toBeUndefined();
  expect((await check(tar, [amd64, arm64]))?.message).toMatch(
    /linux\/arm64: layer sha256:\w{64} is missing$/,
  );
  expect(await check(without("amd64").tar, [{ ...arm64, variant: "v8" }])).toBeUndefined();
  expect((await check(tar, [{ os: "linux", architecture: "s390x" }]))?.message).toContain(
    "linux/s390x: the image has no such platform",
  );
});

test("what has another content or size than it should is damaged", async () => {
  const { files, digests, roots } = layout();
  const name = `blobs/${digests["arm64 layer"]?.replace(":", "/")}`;
  files[name] = "LAYER OF ARM64";
  expect((await check(tarWith(files, roots)))?.message).toContain(
    `linux/arm64: layer ${digests["arm64 layer"]} does not match its digest`,
  );
  files[name] = "short";
  expect((await check(tarWith(files, roots)))?.message).toContain("has 5 bytes instead of 14");
});

test("layers that only their vendor distributes need not be there", async () => {
  const { files, digests, roots } = layout("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
  delete files[`blobs/${digests["amd64 layer"]?.replace(":", "/")}`];
  expect(await check(tarWith(files, roots))).toBeUndefined();
});

test("a single manifest is named by the platform in its config", async () => {
  const { files, digests, manifests } = layout();
  const { digest, size } = manifests[0] as { digest: string; size: number };
  delete files[`blobs/${digests["amd64 layer"]?.replace(":", "/")}`];
  expect((await check(tarWith(files, [{ digest, size }])))?.message).toContain("linux/amd64: layer");
});

test("many problems are counted, not all named", async () => {
  const files: Files = {};
  const layers = Array.from({ length: 30 }, (_, i) => ({ digest: `sha256:${sha256(`${i}`)}`, size: 1 }));
  const root = blob(files, { config: blob(files, {}), layers });
  expect((await check(tarWith(files, [root])))?.message).toMatch(/; and 10 more problems$/);
});

test.each([
  { what: "no lists", files: { "a.json": "{}" }, says: "the archive: it lists no images" },
  {
    what: "an index that is not JSON",
    files: { "index.json": "{" },
    says: "the archive: it lists no images",
  },
  {
    what: "a descriptor without a digest",
    files: { "index.json": '{"manifests":[{}]}' },
    says: "the image: manifest undefined is missing",
  },
])("$what: it is refused", async ({ files, says }) => {
  expect((await check(tarOf(files)))?.message).toBe(`ImageGet: the archive is incomplete. ${says}`);
});

test("anything but a manifest in its place is refused", async () => {
  const files: Files = {};
  const root = blob(files, "no manifest");
  expect((await check(tarWith(files, [root])))?.message).toContain(`${root.digest} is not a manifest`);
});

describe("a tar without index.json, as Engines before 25 and Podman write it", () => {
  const [one, two] = ["one", "two"];
  const config = JSON.stringify({
    os: "linux",
    architecture: "amd64",
    rootfs: { diff_ids: [one, two, one].map((layer) => `sha256:${sha256(layer)}`) },
  });
  const Config = `${sha256(config)}.json`;
  const items = (Layers: readonly string[]): TarItem[] => [
    { name: Config, content: config },
    { name: "a/layer.tar", content: one },
    { name: "b/layer.tar", content: two },
    { name: "c/layer.tar", type: "symlink", linkname: "../a/layer.tar" },
    { name: "manifest.json", content: JSON.stringify([{ Config, RepoTags: ["x:1"], Layers }]) },
  ];
  const Layers = ["a/layer.tar", "b/layer.tar", "c/layer.tar"];

  test("is whole, also with a link in place of a repeated layer", async () => {
    expect(await check(await packTar(items(Layers)))).toBeUndefined();
  });

  test.each([
    { gone: "b/layer.tar", says: `linux/amd64: layer sha256:${sha256(two)} is missing` },
    { gone: "a/layer.tar", says: `linux/amd64: layer sha256:${sha256(one)} is missing` },
    { gone: Config, says: `the image: config ${Config} is missing` },
  ])("lacks $gone", async ({ gone, says }) => {
    const rest = items(Layers).filter(({ name }) => name !== gone);
    expect((await check(await packTar(rest)))?.message).toContain(says);
  });

  test("has a layer in place of another", async () => {
    const swapped = items(["b/layer.tar", "a/layer.tar", "c/layer.tar"]);
    expect((await check(await packTar(swapped)))?.message).toContain("does not match its digest");
  });
});

test.each([true, "linux", [{}], ["linux/amd64", 3], [], null])(
  "complete: %j is checked before anything is read",
  async (complete) => {
    const stream = new TarStream(Readable.from([]), "ImageGet");
    const writing = stream.toFile(join(folder, "x"), { complete: complete as boolean });
    await expect(writing).rejects.toThrow(
      complete === true ? "the archive is empty" : "toFile: the option complete",
    );
  },
);

describe("what an archive lists", () => {
  test("is followed once, however often it is listed", async () => {
    const files: Files = {};
    let index = blob(files, { config: blob(files, { os: "linux" }), layers: [] });
    for (let depth = 0; depth < 40; depth += 1) index = blob(files, { depth, manifests: [index, index] });
    expect(await check(tarWith(files, [index]), true, 1 << 16)).toBeUndefined();
  });

  test("may lead back to itself, where its digest is not checked", async () => {
    const digest = "sha512:ab";
    const files = { "blobs/sha512/ab": JSON.stringify({ manifests: [{ digest }] }) };
    expect(await check(tarWith(files, [{ digest }]))).toBeUndefined();
  });

  test("may be missing a hundred thousand times over", async () => {
    const files: Files = {};
    const layers = Array.from({ length: 100_000 }, (_, i) => ({ digest: `sha256:${i}` }));
    const manifest = blob(files, { config: blob(files, { os: "linux" }), layers });
    const begin = performance.now();
    const error = await check(tarWith(files, [manifest]), true, 1 << 16);
    expect(error?.message).toContain("and 99980 more problems");
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  test.each([
    { what: "index.json", file: { "index.json": '{"manifests":[]}' } },
    { what: "manifest.json", file: { "manifest.json": "[]" } },
  ])("must be something: an empty $what is refused", async ({ file }) => {
    expect((await check(tarOf(file)))?.message).toContain("it lists no images");
  });

  test("may have white space before it", async () => {
    const files: Files = {};
    const config = blob(files, { os: "linux" });
    const manifest = blob(files, `\n  ${JSON.stringify({ config, layers: [] })}`);
    expect(await check(tarWith(files, [manifest]))).toBeUndefined();
  });
});

test.each(["linux/s390x", { os: "linux", architecture: "s390x" }])(
  "complete: %j names a platform, alone or in a list",
  async (platform) => {
    const { tar } = without("");
    for (const complete of [platform, [platform]]) {
      expect((await check(tar, complete))?.message).toBe(
        "ImageGet: the archive is incomplete. linux/s390x: the image has no such platform",
      );
    }
  },
);
