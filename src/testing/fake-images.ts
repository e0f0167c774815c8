import type { ImageInspect, ImageSummary } from "#generated/schema.js";
import { ArgumentError } from "../errors.js";
import { readPlatform } from "../platform.js";
import { shortName, splitTag } from "./image-name.js";
import { OciImage, type OciImageSpec } from "./oci-image.js";

/** An image of a {@link FakeEngine}. */
export interface FakeImage extends Omit<OciImageSpec, "platforms"> {
  /** "os/arch[/variant]" or OCI platforms; linux/amd64 by default. */
  readonly platforms?: readonly (OciImageSpec["platforms"][number] | string)[] | undefined;
}

const ID = /^(?:sha256:)?([0-9a-f]{4,64})$/;

/** The images of a fake Engine. */
export class FakeImages {
  readonly #byName: ReadonlyMap<string, OciImage>;

  private constructor(byName: ReadonlyMap<string, OciImage>) {
    this.#byName = byName;
  }

  /** Builds images. @throws {ArgumentError} an image has no name, a duplicate name or no valid platform */
  static async build(images: readonly FakeImage[]): Promise<FakeImages> {
    const byName = new Map<string, OciImage>();
    for (const { name, platforms = ["linux/amd64"], layerBytes } of images) {
      const fail = (problem: string): never => {
        throw new ArgumentError(`startFakeEngine: ${problem}`);
      };
      if (!name) fail("an image has no name");
      const short = shortName(name);
      if (byName.has(short)) fail(`two images are named ${short}`);
      if (platforms.length === 0) fail(`the image ${name} has no platforms`);
      if (layerBytes !== undefined && !(Number.isSafeInteger(layerBytes) && layerBytes >= 0)) {
        fail(`layerBytes of the image ${name} must be a number of bytes, not ${layerBytes}`);
      }
      const checked = platforms.map((platform) => readPlatform(platform, "startFakeEngine"));
      byName.set(short, await OciImage.build({ name: short, platforms: checked, layerBytes }));
    }
    return new FakeImages(byName);
  }

  /** Finds an image by name, digest, ID or unique ID prefix. */
  find(reference: string): OciImage | undefined {
    const named = this.#byName.get(shortName(reference));
    if (named) return named;
    const [name = "", digest] = reference.split("@", 2);
    const all = [...this.#byName.values()];
    if (digest !== undefined) {
      return all.find(
        (image) => image.id === digest && repositoryOf(image) === splitTag(shortName(name)).repository,
      );
    }
    const [, beginning] = ID.exec(reference) ?? [];
    const known = beginning === undefined ? [] : all.filter(({ id }) => id.startsWith(`sha256:${beginning}`));
    return known.length === 1 ? known[0] : undefined;
  }

  list(): ImageSummary[] {
    return [...this.#byName.values()].map((image) => ({
      ...common(image),
      Containers: -1,
      Created: 0,
      Labels: null,
      ParentId: "",
      SharedSize: -1,
    }));
  }
}

/** The inspection of an image; of its first platform if there are several. */
export function inspect(image: OciImage): ImageInspect {
  const [{ platform, layers } = { platform: { os: "", architecture: "" }, layers: [] }] = image.manifests;
  const { os, architecture, variant } = platform;
  return {
    ...common(image),
    Architecture: architecture,
    Author: "",
    Comment: "",
    Config: { Cmd: ["/bin/true"] },
    Created: "1970-01-01T00:00:00Z",
    GraphDriver: { Data: null, Name: "overlayfs" },
    Metadata: { LastTagTime: "0001-01-01T00:00:00Z" },
    Os: os,
    Parent: "",
    RootFS: { Type: "layers", Layers: [...layers] },
    ...(variant === undefined ? {} : { Variant: variant }),
  };
}

function common(image: OciImage) {
  const { id, name, size } = image;
  return { Id: id, RepoTags: [name], RepoDigests: [`${repositoryOf(image)}@${id}`], Size: size };
}

const repositoryOf = ({ name }: OciImage): string => splitTag(name).repository;
