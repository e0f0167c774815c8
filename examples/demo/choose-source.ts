import { ConnectionError, Docker } from "../../src/index.js";
import { startFakeEngine } from "../../src/testing/index.js";

/** An image to export and the Engine it comes from. */
export interface Source {
  readonly docker: Docker;
  readonly image: string;
  /** Approximate size in bytes. */
  readonly size: number;
  /** Whether this is the only source left to try. */
  readonly last: boolean;
  close(): Promise<void>;
}

const ANSWER_MS = 10_000;

/**
 * The local Engine with the named image, or with its smallest one; then, unless an image was named, an embedded Engine.
 */
export async function* chooseSource(image: string | undefined): AsyncGenerator<Source> {
  const own = await ownEngine(image);
  if (typeof own !== "string") yield own;
  if (typeof own !== "string" && image !== undefined) return;
  const reason = typeof own === "string" ? own : "The image cannot be exported.";
  console.log(`${reason} Using an embedded Engine with a small image of three platforms.\n`);
  yield embeddedEngine(image);
}

/** Why the local Engine has nothing to export, if so. */
async function ownEngine(image: string | undefined): Promise<Source | string> {
  let docker: Docker;
  try {
    docker = new Docker();
  } catch (error) {
    return (error as Error).message;
  }
  const close = () => docker.close();
  const images = await docker.imageList({}, { timeout: ANSWER_MS }).result();
  if (!images.ok) {
    await close();
    // The error lists every address that was tried, and what to do about each.
    const isUnset = !process.env.DOCKER_HOST && images.error instanceof ConnectionError;
    return isUnset ? "No Docker Engine answers on this machine." : images.error.message;
  }
  const tagged = images.data.filter(({ RepoTags }) => RepoTags?.some((tag) => tag !== "<none>:<none>"));
  const smallest = tagged.sort((a, b) => a.Size - b.Size)[0];
  const chosen = image ?? smallest?.RepoTags?.[0];
  if (chosen === undefined) {
    await close();
    return "The Engine of this machine has no images yet.";
  }
  const known = images.data.find(({ Id, RepoTags }) => Id === chosen || RepoTags?.includes(chosen));
  return { docker, image: chosen, size: known?.Size ?? 1, last: image !== undefined, close };
}

async function embeddedEngine(image = "demo:latest"): Promise<Source> {
  const fake = await startFakeEngine({
    images: [{ name: image, platforms: ["linux/amd64", "linux/arm64", "linux/arm/v5"], layerBytes: 4 << 20 }],
  });
  const docker = new Docker({ host: fake.host });
  const close = async () => {
    await docker.close();
    await fake.close();
  };
  return { docker, image, size: 12 << 20, last: true, close };
}
