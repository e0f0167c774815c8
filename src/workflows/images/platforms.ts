import type { ImageInspect, RequestedPlatform as Platform } from "#generated/schema.js";
import { checkOptions, describe } from "../../arguments.js";
import { ArgumentError, UnsupportedError } from "../../errors.js";
import { platformText } from "../../platform.js";
import type { EngineClient } from "../engine-client.js";
import { inspectedImage } from "../inspections.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";

/** A platform of an image, and how much of it the Engine has. */
export interface ImagePlatform {
  /** As "os/arch[/variant]". */
  readonly name: string;
  /** The same as an object, as calls take it. */
  readonly platform: Platform;
  /** Whether the Engine has all of it and so can run, save and push it. */
  readonly isComplete: boolean;
  /** Bytes of it that the Engine has: with the containerd store, packed as in a registry; otherwise unpacked. */
  readonly size: number;
  /** The digest of its manifest; undefined with a store other than containerd's, which does not keep it. */
  readonly digest: string | undefined;
}

/** An inspection in any API version; it has manifests since 1.48. */
type Inspected = ImageInspect & { readonly Manifests?: readonly Manifest[] };

interface Manifest {
  readonly Available?: boolean;
  readonly Descriptor?: { readonly platform?: Partial<Platform> };
  readonly ID?: string;
  readonly ImageData?: { readonly Platform?: Partial<Platform> };
  readonly Kind?: string;
  readonly Size?: { readonly Content?: number };
}

/** Lists the platforms of an image; see `docker.platforms`. */
export async function platforms(
  docker: EngineClient,
  image: string,
  limits?: Limits,
): Promise<ImagePlatform[]> {
  const options = checkOptions(limits, LIMIT_RULES, { where: "platforms" });
  if (typeof image !== "string" || image === "")
    throw new ArgumentError(`platforms: the image must be a name or an ID, not ${describe(image)}`);
  return withLimits("platforms", options, async (signal) => {
    const inspected = await inspect(docker, image, signal);
    const manifests = inspected.Manifests?.filter(({ Kind }) => Kind === "image");
    if (!manifests) return [onlyPlatform(inspected)];
    return manifests.map(({ Available, Descriptor, ID, ImageData, Size }) => {
      const platform = plain(ImageData?.Platform ?? Descriptor?.platform ?? {});
      return {
        name: platformText(platform),
        platform,
        isComplete: Available === true,
        size: Size?.Content ?? 0,
        digest: ID,
      };
    });
  });
}

/** With its manifests, if the Engine supports them. */
async function inspect(docker: EngineClient, image: string, signal: AbortSignal): Promise<Inspected> {
  const result = await docker.imageInspect(image, { manifests: true }, { signal }).result();
  if (result.ok) return inspectedImage(result.data);
  if (result.error instanceof UnsupportedError)
    return inspectedImage(await docker.imageInspect(image, undefined, { signal }));
  throw result.error;
}

/** A store without manifests holds one platform of an image, always complete. */
function onlyPlatform(inspected: ImageInspect): ImagePlatform {
  const { Architecture, Os, Size = 0, Variant } = inspectedImage(inspected, "Os", "Architecture");
  const platform = plain({ os: Os, architecture: Architecture, variant: Variant });
  return { name: platformText(platform), platform, isComplete: true, size: Size, digest: undefined };
}

/** The fields that tell platforms apart, in the form that other calls take. */
const plain = ({ os = "", architecture = "", variant }: Partial<Platform>): Platform => ({
  os,
  architecture,
  ...(variant ? { variant } : {}),
});
