import type { Hash } from "node:crypto";
import { posix } from "node:path";
import type { TarEntry, TarWatcher } from "./tar-check.js";

/** A file of an image tar. */
export interface Content {
  readonly size: number;
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
  /** What it refers to, if it is JSON that could be a list of images, an index, a manifest or a config. */
  readonly json: Json | undefined;
}

/** A descriptor: something that must be there, by its digest. */
export interface Descriptor {
  readonly digest: string;
  readonly size?: number;
  readonly mediaType?: string;
  readonly platform?: PlatformName;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The fields that tell platforms apart. */
export interface PlatformName {
  readonly os?: string | undefined;
  readonly architecture?: string | undefined;
  readonly variant?: string | undefined;
}

/** An image as manifest.json lists it in tars of any age: by paths in the tar. */
export interface SavedImage {
  readonly Config: string;
  readonly Layers: readonly string[];
}

/** The parts of JSON files that say what else must be there. */
export interface Json extends PlatformName {
  /** Of an index. */
  readonly manifests?: readonly Descriptor[];
  /** Of a manifest. */
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  /** Of a config: SHA-256 of its layers, uncompressed. */
  readonly diffIds?: readonly string[];
  /** Of manifest.json. */
  readonly images?: readonly SavedImage[];
}

/** Registries and Engines refuse larger manifests. */
const JSON_LIMIT = 4 << 20;

/** How a list or an object begins, as far as a piece of it shows. */
const JSON_START = /^\s*(?:[[{]|$)/;

/** Notes the files of an image tar while it passes: size, digest and references, but no content. */
export class ImageContents implements TarWatcher {
  readonly #files = new Map<string, Content>();
  readonly #links = new Map<string, string>();
  readonly #then: (contents: ImageContents) => void;
  #entry: TarEntry | undefined;
  #left = 0;
  #hash: Hash | undefined;
  #text: Buffer[] | undefined;

  /** `then` is called once the tar is complete; if it throws, the tar fails with that error. */
  constructor(then: (contents: ImageContents) => void) {
    this.#then = then;
  }

  begin(entry: TarEntry): void {
    const name = posix.normalize(entry.name);
    if (entry.link) return void this.#links.set(name, posix.join(posix.dirname(name), entry.link));
    this.#entry = { ...entry, name };
    this.#left = entry.size;
    this.#hash = process.getBuiltinModule("node:crypto").createHash("sha256");
    this.#text = entry.size > 0 && entry.size <= JSON_LIMIT ? [] : undefined;
    if (this.#left === 0) this.#finish();
  }

  content(piece: Buffer): void {
    if (this.#left === 0) return;
    const content = piece.subarray(0, this.#left);
    this.#left -= content.length;
    this.#hash?.update(content);
    if (this.#text?.length === 0 && !JSON_START.test(content.toString("latin1", 0, 64)))
      this.#text = undefined;
    this.#text?.push(Buffer.from(content));
    if (this.#left === 0) this.#finish();
  }

  end(): void {
    this.#then(this);
  }

  /** A file by its path in the tar, also through a link. */
  file(path: string): Content | undefined {
    const name = posix.normalize(path);
    return this.#files.get(name) ?? this.#files.get(this.#links.get(name) ?? "");
  }

  #finish(): void {
    const { name = "", size = 0 } = this.#entry ?? {};
    const sha256 = this.#hash?.digest("hex") ?? "";
    this.#files.set(name, { size, sha256, json: this.#text && referencesIn(Buffer.concat(this.#text)) });
    this.#entry = undefined;
    this.#text = undefined;
  }
}

/** Keeps only the parts of a file that say what else must be there. */
function referencesIn(bytes: Buffer): Json | undefined {
  try {
    const json = JSON.parse(bytes.toString("utf8"));
    if (Array.isArray(json)) return { images: json.map(savedImageOf) };
    const { manifests, config, layers, rootfs, os, architecture, variant } = json;
    const isManifest = typeof config?.digest === "string";
    return {
      manifests: Array.isArray(manifests) ? manifests.map(descriptorOf) : undefined,
      config: isManifest ? descriptorOf(config) : undefined,
      layers: isManifest && Array.isArray(layers) ? layers.map(descriptorOf) : undefined,
      diffIds: Array.isArray(rootfs?.diff_ids) ? rootfs.diff_ids.map(String) : undefined,
      os,
      architecture,
      variant,
    } as Json;
  } catch {
    return undefined;
  }
}

const savedImageOf = ({ Config, Layers }: SavedImage): SavedImage => ({
  Config: String(Config),
  Layers: (Layers ?? []).map(String),
});

const descriptorOf = ({ digest, size, mediaType, platform, annotations }: Descriptor): Descriptor =>
  ({ digest: String(digest), size, mediaType, platform, annotations }) as Descriptor;
