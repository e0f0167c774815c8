import type { Engine } from "./engine.js";
import { shortName, splitTag } from "./image-name.js";
import type { FakeImageEntry } from "./images.js";
import { Refusal } from "./refusal.js";

/** Pulls an image that has processes, or that the Engine has. @throws {Refusal} no such image */
export async function pull({ images, scripts, events }: Engine, reference: string): Promise<object[]> {
  const name = shortName(reference);
  const known = images.find(name);
  if (!known && !scripts.images.includes(name)) {
    const repository = splitTag(name).repository;
    const advice = "This is a fake Engine: it pulls the images that its option processes names";
    throw new Refusal(404, `pull access denied for ${repository}, repository does not exist. ${advice}`);
  }
  const image = known ?? (await images.add(name));
  if (!known) images.tag(image, name);
  events.tell("image", "pull", name, { name });
  return [
    { status: `Pulling from ${familiar(name)}`, id: splitTag(name).tag ?? "latest" },
    ...(known ? [] : layersOf(image)),
    { status: `Digest: ${image.id}` },
    { status: `Status: ${known ? "Image is up to date" : "Downloaded newer image"} for ${name}` },
  ];
}

/** The name that Engines give a repository while they pull. */
const familiar = (name: string): string => {
  const { repository } = splitTag(name);
  return repository.includes("/") ? repository : `library/${repository}`;
};

/** Progress of the layers of a pulled image. */
function layersOf({ content }: FakeImageEntry): object[] {
  const total = content.size;
  return (content.manifests[0]?.layers ?? []).flatMap((digest) => {
    const id = digest.slice("sha256:".length, "sha256:".length + 12);
    const counted = (current: number) => ({ progressDetail: { current, total } });
    return [
      { status: "Pulling fs layer", progressDetail: {}, id },
      { status: "Downloading", ...counted(Math.ceil(total / 2)), id },
      { status: "Downloading", ...counted(total), id },
      { status: "Download complete", progressDetail: {}, id },
      { status: "Extracting", ...counted(total), id },
      { status: "Pull complete", progressDetail: {}, id },
    ];
  });
}
