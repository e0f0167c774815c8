import { checkOptions, describe, type Rules, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { isObject } from "../../members.js";
import { readPlatform } from "../../platform.js";
import type { Events } from "./events.js";
import { shortName, splitTag } from "./image-name.js";
import { OciImage, type OciImageSpec } from "./oci-image.js";
import { Refusal } from "./refusal.js";
import type { ImageConfig } from "./settings.js";

/** An image of a {@link FakeEngine}. */
export interface FakeImage extends Omit<OciImageSpec, "platforms"> {
  /** "os/arch[/variant]" or OCI platforms; linux/amd64 by default. */
  readonly platforms?: readonly (OciImageSpec["platforms"][number] | string)[] | undefined;
}

/** An image of the Engine. */
export interface FakeImageEntry {
  readonly id: string;
  readonly content: OciImage;
  readonly config: ImageConfig;
  /** Its tags, `name:tag`. */
  readonly names: string[];
  /** The image it was built from. */
  readonly base: FakeImageEntry | undefined;
  /** Milliseconds since 1970. */
  readonly created: number;
}

const ID = /^(?:sha256:)?([0-9a-f]{4,64})$/;
/** The default command of an image. */
const CONFIG: ImageConfig = { Cmd: ["/bin/true"] };

const RULES: Rules<FakeImage> = {
  name: rule.text,
  platforms: { must: 'an array of platforms, such as ["linux/arm64"]', check: Array.isArray },
  layerBytes: rule.checkedLater,
};

/** The images of a fake Engine. */
export class FakeImages {
  readonly #events: Events;
  readonly #entries: FakeImageEntry[] = [];

  constructor(events: Events) {
    this.#events = events;
  }

  /** Adds the Engine's initial images. @throws {ArgumentError} an image has no name, a duplicate name or no valid platform */
  async begin(images: readonly FakeImage[]): Promise<void> {
    const fail = (problem: string): never => {
      throw new ArgumentError(`startFakeEngine: ${problem}`);
    };
    for (const image of images) {
      if (!isObject(image)) fail(`an image must be of the form { name }, not ${describe(image)}`);
      const whose = typeof image.name === "string" && image.name ? `the image ${image.name}` : "an image";
      const checked = checkOptions(image, RULES, { where: `startFakeEngine: ${whose}` });
      const { name, platforms = ["linux/amd64"], layerBytes } = checked;
      if (!name) fail("an image has no name");
      const short = shortName(name);
      if (this.find(short)) fail(`two images are named ${short}`);
      if (platforms.length === 0) fail(`the image ${name} has no platforms`);
      if (layerBytes !== undefined && !(Number.isSafeInteger(layerBytes) && layerBytes >= 0)) {
        fail(`layerBytes of the image ${name} must be a number of bytes, not ${describe(layerBytes)}`);
      }
      const wanted = platforms.map((platform) => readPlatform(platform, "startFakeEngine"));
      const content = await OciImage.build({ name: short, platforms: wanted, layerBytes });
      this.#entries.push({
        id: content.id,
        content,
        config: CONFIG,
        names: [short],
        base: undefined,
        created: 0,
      });
    }
  }

  get all(): readonly FakeImageEntry[] {
    return this.#entries;
  }

  /** Finds an image by name, digest, ID or unique ID prefix. */
  find(reference: string): FakeImageEntry | undefined {
    const short = shortName(reference);
    const named = this.#entries.find(({ names }) => names.includes(short));
    if (named) return named;
    const [name = "", digest] = reference.split("@", 2);
    if (digest !== undefined) {
      const { repository } = splitTag(shortName(name));
      return this.#entries.find(
        ({ id, names }) => id === digest && names.some((one) => splitTag(one).repository === repository),
      );
    }
    const [, beginning] = ID.exec(reference) ?? [];
    const known =
      beginning === undefined ? [] : this.#entries.filter(({ id }) => id.startsWith(`sha256:${beginning}`));
    return known.length === 1 ? known[0] : undefined;
  }

  /** @throws {Refusal} no such image */
  get(reference: string): FakeImageEntry {
    const image = this.find(reference);
    if (image) return image;
    throw new Refusal(404, `No such image: ${ID.test(reference) ? reference : shortName(reference)}`);
  }

  /** Adds an image that is built from another one, or pulled. */
  async add(name: string, config: ImageConfig = CONFIG, base?: FakeImageEntry): Promise<FakeImageEntry> {
    const platforms = base?.content.manifests.map(({ platform }) => platform);
    const spec = { name, platforms: platforms ?? [readPlatform("linux/amd64", "startFakeEngine")] };
    const content = await OciImage.build({ ...spec, config });
    const known = this.#entries.find(({ id }) => id === content.id);
    if (known) return known;
    const entry = { id: content.id, content, config, names: [], base, created: Date.now() };
    this.#entries.push(entry);
    return entry;
  }

  /** Gives an image a name, which another image may lose. */
  tag(image: FakeImageEntry, name: string): void {
    const short = shortName(name);
    for (const { names } of this.#entries) {
      if (names.includes(short)) names.splice(names.indexOf(short), 1);
    }
    image.names.push(short);
    this.#events.tell("image", "tag", image.id, { name: short });
  }

  /** Removes a name, or the whole image. Returns everything removed. */
  remove(image: FakeImageEntry, name: string | undefined): object[] {
    const gone = name === undefined ? image.names.splice(0) : [name];
    if (name !== undefined) image.names.splice(image.names.indexOf(name), 1);
    for (const one of gone) this.#events.tell("image", "untag", image.id, { name: one });
    const untagged = gone.map((Untagged) => ({ Untagged }));
    if (image.names.length > 0) return untagged;
    this.#entries.splice(this.#entries.indexOf(image), 1);
    this.#events.tell("image", "delete", image.id, { name: image.id });
    return [...untagged, { Deleted: image.id }];
  }

  /** All names whose processes an image may run: its own, then those of the images it was built from. */
  static names({ names, base }: FakeImageEntry): string[] {
    return [...names, ...(base ? FakeImages.names(base) : [])];
  }
}

/** An image in a list. */
export const summaryOf = (image: FakeImageEntry) => ({
  ...common(image),
  Containers: -1,
  Created: Math.floor(image.created / 1000),
  Labels: image.config.Labels ?? null,
  ParentId: "",
  SharedSize: -1,
});

/** The inspection of an image; of its first platform if there are several. */
export function inspectionOf(image: FakeImageEntry) {
  const [{ platform, layers } = { platform: { os: "", architecture: "" }, layers: [] }] =
    image.content.manifests;
  const { os, architecture, variant } = platform as typeof platform & { readonly variant?: string };
  return {
    ...common(image),
    Architecture: architecture,
    Author: "",
    Comment: "",
    Config: image.config,
    Created: new Date(image.created).toISOString().replace(".000Z", "Z"),
    GraphDriver: { Data: null, Name: "overlayfs" },
    Metadata: { LastTagTime: "0001-01-01T00:00:00Z" },
    Os: os,
    Parent: "",
    RootFS: { Type: "layers", Layers: [...layers] },
    ...(variant === undefined ? {} : { Variant: variant }),
  };
}

function common({ id, names, content }: FakeImageEntry) {
  const digests = new Set(names.map((name) => `${splitTag(name).repository}@${id}`));
  return { Id: id, RepoTags: [...names], RepoDigests: [...digests], Size: content.size };
}
