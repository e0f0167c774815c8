import { StreamError } from "../errors.js";
import {
  type Content,
  type Descriptor,
  ImageContents,
  type Json,
  type PlatformName,
} from "./image-contents.js";

/** An error names at most this many problems. */
const NAMED_AT_MOST = 20;
/** Layers that only their vendor distributes; an Engine leaves them out of every export. */
const NOT_EXPORTED = /\b(foreign|nondistributable)\b/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Something the archive lists but does not hold. */
interface Gap {
  /** Its platform, or a stand-in for one. */
  readonly of: string;
  /** Such as "layer sha256:… is missing". */
  readonly problem: string;
}

/**
 * Checks that a tar holds all of the images it lists: every manifest, config and layer, with the right size and SHA-256.
 * With platforms, it requires only those from an index.
 *
 * @throws {StreamError} at the end of the tar, if something is missing or damaged
 */
export function imageCheck(operation: string, platforms: readonly PlatformName[] = []): ImageContents {
  return new ImageContents((contents) => {
    const gaps = new Inventory(contents, platforms).gaps();
    if (gaps.length > 0) throw new StreamError(`${operation}: the archive is incomplete. ${told(gaps)}`);
  });
}

/** Follows what an archive lists. */
class Inventory {
  readonly #contents: ImageContents;
  readonly #wanted: readonly PlatformName[];
  readonly #gaps = new Map<string, Gap>();
  /** Indexes and manifests that were followed, by platform and digest: one may be listed many times, even by itself. */
  readonly #followed = new Set<string>();

  constructor(contents: ImageContents, wanted: readonly PlatformName[]) {
    this.#contents = contents;
    this.#wanted = wanted;
  }

  gaps(): readonly Gap[] {
    const index = this.#contents.file("index.json")?.json?.manifests ?? [];
    const images = this.#contents.file("manifest.json")?.json?.images ?? [];
    if (index.length > 0) this.#followAll(index);
    else for (const { Config, Layers } of images) this.#followSaved(Config, Layers);
    if (index.length + images.length === 0) this.#note("the archive", "it lists no images");
    return [...this.#gaps.values()];
  }

  /** A growing list instead of recursion: the archive decides how deeply indexes are nested. */
  #followAll(roots: readonly Descriptor[]): void {
    const open = [...roots];
    for (const descriptor of open) {
      for (const manifest of this.#follow(descriptor)) open.push(manifest);
    }
  }

  /** An index, or a manifest. Returns what to follow in an index. */
  #follow(descriptor: Descriptor): readonly Descriptor[] {
    const name = nameOf(descriptor);
    const json = this.#check(name ?? "the image", "manifest", descriptor);
    const key = `${name} ${descriptor.digest}`;
    if (!json || this.#followed.has(key)) return [];
    this.#followed.add(key);
    if (json.manifests) return this.#wantedOf(json.manifests);
    if (json.config) this.#followManifest(name, json.config, json.layers ?? []);
    else this.#note(name ?? "the image", `${descriptor.digest} is not a manifest`);
    return [];
  }

  #wantedOf(manifests: readonly Descriptor[]): readonly Descriptor[] {
    const isWanted = ({ platform }: Descriptor): boolean =>
      this.#wanted.length === 0 || !platform || this.#wanted.some((wanted) => isFor(platform, wanted));
    for (const wanted of this.#wanted) {
      if (!manifests.some(({ platform }) => platform && isFor(platform, wanted)))
        this.#note(text(wanted), "the image has no such platform");
    }
    return manifests.filter(isWanted);
  }

  #followManifest(name: string | undefined, config: Descriptor, layers: readonly Descriptor[]): void {
    const platform = this.#contents.file(blobName(config.digest))?.json;
    const of = name ?? (platform?.os ? text(platform) : "the image");
    this.#check(of, "config", config);
    for (const layer of layers) {
      if (!NOT_EXPORTED.test(layer.mediaType ?? "")) this.#check(of, "layer", layer);
    }
  }

  /** An image of a tar without index.json, as Engines before 25 and Podman write it. */
  #followSaved(config: string, layers: readonly string[]): void {
    const content = this.#contents.file(config);
    const { diffIds = [], ...platform } = content?.json ?? {};
    const of = platform.os ? text(platform) : "the image";
    const digest = /([0-9a-f]{64})(\.json)?$/.exec(config)?.[1];
    this.#note(of, problemWith(content, `config ${config}`, digest));
    for (const [i, layer] of layers.entries()) {
      const what = `layer ${diffIds[i] ?? layer}`;
      this.#note(of, problemWith(this.#contents.file(layer), what, diffIds[i]?.replace("sha256:", "")));
    }
  }

  /** Checks a blob. Returns what it refers to, if it is intact. */
  #check(of: string, what: string, { digest, size }: Descriptor): Json | undefined {
    const content = this.#contents.file(blobName(digest));
    const sha256 = digest.replace("sha256:", "");
    const problem = problemWith(content, `${what} ${digest}`, sha256, size);
    this.#note(of, problem);
    return problem === undefined ? (content?.json ?? {}) : undefined;
  }

  #note(of: string, problem: string | undefined): void {
    if (problem !== undefined) this.#gaps.set(`${of} ${problem}`, { of, problem });
  }
}

/** The problem with a file; undefined if there is none. Only SHA-256 digests are checked. */
function problemWith(
  content: Content | undefined,
  what: string,
  sha256: string | undefined,
  size?: number,
): string | undefined {
  if (!content) return `${what} is missing`;
  if (size !== undefined && content.size !== size)
    return `${what} has ${content.size} bytes instead of ${size}`;
  if (sha256 !== undefined && SHA256.test(sha256) && content.sha256 !== sha256)
    return `${what} does not match its digest`;
  return undefined;
}

const blobName = (digest: string): string => `blobs/${digest.replace(":", "/")}`;

const text = ({ os, architecture, variant }: PlatformName): string =>
  [os, architecture, variant].filter(Boolean).join("/");

/** The purpose of a manifest: its platform, or an attestation. */
function nameOf({ platform, annotations }: Descriptor): string | undefined {
  if (annotations?.["vnd.docker.reference.type"] === "attestation-manifest") return "attestation";
  return platform?.os ? text(platform) : undefined;
}

/** Whether something is for a wanted platform. 64-bit ARM may leave out its only variant. */
function isFor(platform: PlatformName, wanted: PlatformName): boolean {
  if (platform.os !== wanted.os || platform.architecture !== wanted.architecture) return false;
  const only = wanted.architecture === "arm64" ? "v8" : undefined;
  return wanted.variant === undefined || (platform.variant ?? only) === wanted.variant;
}

/** Problems by platform: "linux/arm64: layer A is missing, layer B is missing; linux/arm/v7: …". */
function told(gaps: readonly Gap[]): string {
  const named = gaps.slice(0, NAMED_AT_MOST);
  const groups = [...new Set(named.map(({ of }) => of))].map((of) => {
    const problems = named.filter((gap) => gap.of === of).map(({ problem }) => problem);
    return `${of}: ${problems.join(", ")}`;
  });
  const more = gaps.length - named.length;
  return groups.join("; ") + (more > 0 ? `; and ${more} more problems` : "");
}
