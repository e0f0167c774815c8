import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { RequestedPlatform } from "#generated/schema.js";
import { tarPieces } from "../../workflows/index.js";
import { qualifiedName, splitTag } from "./image-name.js";
import type { ImageConfig } from "./settings.js";

/** Content of an image: one layer per platform, with a text file naming the platform, and padding. */
export interface OciImageSpec {
  /** Name with tag, such as "demo:latest". */
  readonly name: string;
  readonly platforms: readonly RequestedPlatform[];
  /** Size of each layer's padding in bytes; 64 KiB by default. */
  readonly layerBytes?: number | undefined;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: RequestedPlatform;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface PlatformManifest extends Descriptor {
  readonly platform: RequestedPlatform;
  /** Digests that an Engine without a containerd store looks for. */
  readonly config: string;
  readonly layers: readonly string[];
  /** Digests of all blobs of this platform's image, including the manifest. */
  readonly blobs: readonly string[];
}

const OCI = "application/vnd.oci.image";

/** An image in the form an Engine exports and loads: an OCI image layout in a tar. */
export class OciImage {
  readonly name: string;
  readonly manifests: readonly PlatformManifest[];
  readonly #blobs: ReadonlyMap<string, Buffer>;
  readonly #index: Descriptor;

  private constructor(
    name: string,
    manifests: readonly PlatformManifest[],
    blobs: ReadonlyMap<string, Buffer>,
    index: Descriptor,
  ) {
    this.name = name;
    this.manifests = manifests;
    this.#blobs = blobs;
    this.#index = index;
  }

  /** Builds the image in memory; the same specification always produces the same bytes. */
  static async build({
    name,
    platforms,
    layerBytes = 64 * 1024,
    config: containers = { Cmd: ["/bin/true"] },
  }: OciImageSpec & { readonly config?: ImageConfig | undefined }): Promise<OciImage> {
    const blobs = new Map<string, Buffer>();
    const add = (mediaType: string, content: Buffer): Descriptor => {
      const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
      blobs.set(digest, content);
      return { mediaType, digest, size: content.length };
    };
    const addJson = (mediaType: string, value: unknown): Descriptor =>
      add(mediaType, Buffer.from(JSON.stringify(value)));

    const manifests: PlatformManifest[] = [];
    for (const platform of platforms) {
      const text = `${name} for ${platform.os}/${platform.architecture}${platform.variant ? `/${platform.variant}` : ""}\n`;
      const files = { "platform.txt": Buffer.from(text), "padding.bin": Buffer.alloc(layerBytes, text) };
      const layer = add(`${OCI}.layer.v1.tar`, Buffer.concat(tarPieces(files)));
      const config = addJson(`${OCI}.config.v1+json`, {
        ...platform,
        config: containers,
        rootfs: { type: "layers", diff_ids: [layer.digest] },
      });
      const mediaType = `${OCI}.manifest.v1+json`;
      const manifest = addJson(mediaType, { schemaVersion: 2, mediaType, config, layers: [layer] });
      manifests.push({
        ...manifest,
        platform,
        config: config.digest,
        layers: [layer.digest],
        blobs: [manifest.digest, config.digest, layer.digest],
      });
    }
    const mediaType = `${OCI}.index.v1+json`;
    const listed = manifests.map(descriptorOf);
    return new OciImage(
      name,
      manifests,
      blobs,
      addJson(mediaType, { schemaVersion: 2, mediaType, manifests: listed }),
    );
  }

  get id(): string {
    return this.#index.digest;
  }

  /** Total bytes of all blobs. */
  get size(): number {
    return [...this.#blobs.values()].reduce((sum, blob) => sum + blob.length, 0);
  }

  /** The image as a tar: all its platforms, or only a manifest's. */
  async export(manifest?: PlatformManifest): Promise<Readable> {
    const digests = manifest?.blobs ?? [...this.#blobs.keys()];
    const root = manifest ? descriptorOf(manifest) : this.#index;
    const annotations = {
      "io.containerd.image.name": qualifiedName(this.name),
      "org.opencontainers.image.ref.name": splitTag(this.name).tag ?? "latest",
    };
    const index = {
      schemaVersion: 2,
      mediaType: `${OCI}.index.v1+json`,
      manifests: [{ ...root, annotations }],
    };
    const files: Record<string, Buffer> = {};
    for (const digest of [...digests].sort()) {
      files[blobName(digest)] = this.#blobs.get(digest) as Buffer;
    }
    files["index.json"] = Buffer.from(JSON.stringify(index));
    files["oci-layout"] = Buffer.from('{"imageLayoutVersion":"1.0.0"}');
    files["manifest.json"] = Buffer.from(JSON.stringify(this.#savedImages(manifest ?? this.manifests[0])));
    return Readable.from(tarPieces(files), { objectMode: false });
  }

  /** The older index of a tar, for one platform; an Engine with the overlay2 store reads only this. */
  #savedImages(manifest: PlatformManifest | undefined) {
    if (!manifest) return [];
    const { config, layers } = manifest;
    return [{ Config: blobName(config), RepoTags: [this.name], Layers: layers.map(blobName) }];
  }
}

const blobName = (digest: string): string => `blobs/${digest.replace(":", "/")}`;

function descriptorOf({ mediaType, digest, size, platform }: PlatformManifest): Descriptor {
  return { mediaType, digest, size, platform };
}
