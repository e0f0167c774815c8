import type { OperationId } from "#generated/operations.js";
import type { RequestedPlatform } from "#generated/schema.js";
import { readPlatform } from "../../../platform.js";
import { shortName } from "../image-name.js";
import { inspectionOf, summaryOf } from "../images.js";
import type { OciImage } from "../oci-image.js";
import { Refusal, unknownToFake } from "../refusal.js";
import { pull } from "../registry.js";
import type { FakeOperation } from "./call.js";

/** Operations on images, except for builds. */
export const imageOperations = {
  ImageList: {
    options: ["all", "digests"],
    answer: (_, { images }) => ({ status: 200, body: images.all.map(summaryOf) }),
  },
  ImageInspect: {
    answer: ({ target }, { images }) => ({ status: 200, body: inspectionOf(images.get(target)) }),
  },
  ImageGet: {
    options: ["platform"],
    answer: async ({ target, query }, { images }) => {
      const { content } = images.get(target);
      return { status: 200, body: await content.export(manifestOf(content, query.text("platform"))) };
    },
  },
  ImageTag: {
    options: ["repo", "tag"],
    answer: ({ target, query }, { images }) => {
      images.tag(images.get(target), `${query.text("repo")}:${query.text("tag") || "latest"}`);
      return { status: 201 };
    },
  },
  ImageDelete: {
    options: ["force", "noprune"],
    answer: ({ target, query }, { containers, images }) => {
      const image = images.get(target);
      const name = image.names.includes(shortName(target)) ? shortName(target) : undefined;
      const user = [...containers].find((container) => container.image === image);
      const isLast = name === undefined || image.names.length === 1;
      if (isLast && user && (!query.flag("force") || user.isRunning)) {
        const what = `container ${user.id.slice(0, 12)} is using its referenced image`;
        throw new Refusal(
          409,
          `conflict: unable to remove repository reference "${target}" (must force) - ${what}`,
        );
      }
      if (name === undefined && image.names.length > 1 && !query.flag("force")) {
        throw new Refusal(
          409,
          `conflict: unable to delete ${target} (must be forced) - image is referenced in multiple repositories`,
        );
      }
      return { status: 200, body: images.remove(image, name) };
    },
  },
  ImageCreate: {
    options: ["fromImage", "tag", "platform"],
    answer: async ({ query }, engine) => {
      const name = query.text("fromImage");
      const tag = query.text("tag") ?? "";
      if (!name) throw unknownToFake("imageCreate", "The fake Engine does not import images");
      if (tag === "")
        throw unknownToFake("imageCreate", "The fake Engine does not pull all tags of an image");
      return { status: 200, body: await pull(engine, `${name}${tag.includes(":") ? "@" : ":"}${tag}`) };
    },
  },
} satisfies Partial<Record<OperationId, FakeOperation>>;

/** The requested platform to export, or undefined for all. */
function manifestOf(image: OciImage, wanted: string | undefined): OciImage["manifests"][number] | undefined {
  if (wanted === undefined) return undefined;
  const platform = parsePlatform(wanted);
  if (!platform) throw new Refusal(400, `invalid platform: ${wanted}`);
  const manifest = image.manifests.find((known) => matches(known.platform, platform));
  if (!manifest) throw new Refusal(404, `image ${image.name} has no manifest for platform ${wanted}`);
  return manifest;
}

function parsePlatform(text: string): RequestedPlatform | undefined {
  try {
    return readPlatform(JSON.parse(text) as RequestedPlatform, "startFakeEngine");
  } catch {
    return undefined;
  }
}

function matches(known: RequestedPlatform, wanted: RequestedPlatform): boolean {
  const sameKind = known.os === wanted.os && known.architecture === wanted.architecture;
  return sameKind && (wanted.variant === undefined || known.variant === wanted.variant);
}
