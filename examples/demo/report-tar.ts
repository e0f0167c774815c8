import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { extract } from "tar-stream";
import { megabytes } from "./megabytes.js";

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

/** An index lists manifests, a manifest lists a config and layers. */
interface Manifest {
  readonly manifests?: readonly Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

interface Blob {
  readonly size: number;
  readonly intact: boolean;
  /** The content of a blob small enough to be a manifest. */
  readonly content: Buffer | undefined;
}

const MANIFEST_LIMIT = 4 << 20;

/** Lists the platforms and layers of an exported image and verifies each blob; throws if one is damaged or missing. */
export async function reportTar(file: string): Promise<void> {
  const blobs = await readBlobs(file);
  const index = blobs.get("index.json")?.content;
  if (!index) throw new Error(`${file} has no index.json: it is not an OCI image layout`);
  const failed = new Set<string>();
  const check = (label: string, { digest, size }: Descriptor): void => {
    const name = blobName(digest);
    const blob = blobs.get(name);
    const verdict = !blob ? "MISSING" : blob.intact ? "verified" : "DAMAGED";
    if (verdict !== "verified") failed.add(name);
    console.log(`  ${label} ${digest} ${megabytes(size).padStart(9)}  ${verdict}`);
  };
  for (const { digest, platform } of manifestsIn(JSON.parse(index.toString()), blobs)) {
    const { config, layers = [] } = read(blobs, digest) ?? {};
    console.log(`\n${await platformName(platform, config && blobs.get(blobName(config.digest)))}`);
    if (config) check("config", config);
    for (const layer of layers) check("layer ", layer);
  }
  const named = [...blobs.entries()].filter(([name]) => name.startsWith("blobs/"));
  for (const [name, { intact }] of named) if (!intact) failed.add(name);
  if (failed.size > 0)
    throw new Error(`${file} is damaged: ${failed.size} blobs are missing or do not match their sha256`);
  console.log(`\n${file}: all ${named.length} blobs match their sha256.`);
}

const blobName = (digest: string): string => `blobs/${digest.replace(":", "/")}`;

/** Follows indexes to the manifests in the file; only lists platforms that were not exported. */
function* manifestsIn(manifest: Manifest, blobs: ReadonlyMap<string, Blob>): Generator<Descriptor> {
  for (const descriptor of manifest.manifests ?? []) {
    const child = read(blobs, descriptor.digest);
    if (child?.manifests) yield* manifestsIn(child, blobs);
    else if (child) yield descriptor;
  }
}

function read(blobs: ReadonlyMap<string, Blob>, digest: string): Manifest | undefined {
  const content = blobs.get(blobName(digest))?.content;
  return content && (JSON.parse(content.toString()) as Manifest);
}

async function platformName(platform: Descriptor["platform"], config: Blob | undefined): Promise<string> {
  const { os, architecture, variant } = platform ?? JSON.parse(config?.content?.toString() ?? "{}");
  return [os ?? "unknown", architecture, variant].filter(Boolean).join("/");
}

/** Reads the tar once, hashing every entry as it streams by. */
async function readBlobs(file: string): Promise<Map<string, Blob>> {
  const blobs = new Map<string, Blob>();
  const archive = createReadStream(file).pipe(extract());
  for await (const entry of archive) {
    const { name, size = 0 } = entry.header;
    const hash = createHash("sha256");
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) {
      hash.update(chunk);
      if (size <= MANIFEST_LIMIT) chunks.push(chunk);
    }
    const [, algorithm, digest] = /^blobs\/(\w+)\/(\w+)$/.exec(name) ?? [];
    const intact = algorithm === undefined || (algorithm === "sha256" && hash.digest("hex") === digest);
    blobs.set(name, { size, intact, content: size <= MANIFEST_LIMIT ? Buffer.concat(chunks) : undefined });
  }
  return blobs;
}
