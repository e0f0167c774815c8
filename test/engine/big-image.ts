import { createCipheriv, createHash } from "node:crypto";
import { once } from "node:events";
import { type Pack, pack } from "tar-stream";

const PIECE = 1 << 20;

/**
 * A tar of an image with one layer of bytes that do not compress, made while it is read, for either store. The
 * bytes follow from the name, so that no two images share their layers.
 */
export async function* bigImage(name: string, contentBytes: number): AsyncGenerator<Buffer> {
  const layer = createHash("sha256");
  let layerBytes = 0;
  for await (const chunk of layerTar(name, contentBytes)) {
    layer.update(chunk);
    layerBytes += chunk.length;
  }
  const layerDigest = layer.digest("hex");
  const config = json({
    os: "linux",
    architecture: "amd64",
    config: { Cmd: ["/none"] },
    rootfs: { type: "layers", diff_ids: [`sha256:${layerDigest}`] },
  });
  const describe = (type: string, digest: string, size: number) => ({
    mediaType: `application/vnd.oci.image.${type}`,
    digest: `sha256:${digest}`,
    size,
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: describe("config.v1+json", sha256(config), config.length),
    layers: [describe("layer.v1.tar", layerDigest, layerBytes)],
  });
  const annotations = {
    "io.containerd.image.name": `docker.io/library/${name}`,
    "org.opencontainers.image.ref.name": name.split(":")[1],
  };
  const index = json({
    schemaVersion: 2,
    manifests: [{ ...describe("manifest.v1+json", sha256(manifest), manifest.length), annotations }],
  });
  const blob = (digest: string): string => `blobs/sha256/${digest}`;
  const older = json([{ Config: blob(sha256(config)), RepoTags: [name], Layers: [blob(layerDigest)] }]);
  yield* packed(async (archive) => {
    archive.entry({ name: "oci-layout" }, '{"imageLayoutVersion":"1.0.0"}');
    archive.entry({ name: "index.json" }, index);
    archive.entry({ name: "manifest.json" }, older);
    archive.entry({ name: blob(sha256(config)) }, config);
    archive.entry({ name: blob(sha256(manifest)) }, manifest);
    await addEntry(archive, blob(layerDigest), layerBytes, layerTar(name, contentBytes));
  });
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

function layerTar(seed: string, contentBytes: number): AsyncIterable<Buffer> {
  return packed((archive) => addEntry(archive, "content.bin", contentBytes, noise(seed, contentBytes)));
}

/** Bytes that look random: a key stream. */
function* noise(seed: string, length: number): Generator<Buffer> {
  const cipher = createCipheriv("aes-128-ctr", sha256(Buffer.from(seed)).slice(0, 16), Buffer.alloc(16));
  const zeros = Buffer.alloc(PIECE);
  for (let left = length; left > 0; left -= PIECE)
    yield cipher.update(zeros.subarray(0, Math.min(left, PIECE)));
}

async function* packed(fill: (archive: Pack) => Promise<void>): AsyncGenerator<Buffer> {
  const archive = pack();
  const filled = fill(archive).then(
    () => archive.finalize(),
    (error) => archive.destroy(error),
  );
  yield* archive as AsyncIterable<Buffer>;
  await filled;
}

async function addEntry(
  archive: Pack,
  name: string,
  size: number,
  content: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
  const entry = archive.entry({ name, size, mtime: new Date(0) });
  for await (const chunk of content) {
    if (!entry.write(chunk)) await once(entry, "drain");
  }
  entry.end(null);
}
