import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { extract } from "tar-stream";

/** A file or folder of a tar; the content is kept of small ones only. */
export interface TarEntry {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
  readonly content: Buffer;
}

const KEPT = 1 << 20;

/** Reads a tar to its end. The names come sorted. */
export async function readTar(tar: AsyncIterable<Uint8Array>): Promise<TarEntry[]> {
  const reader = extract();
  const fed = feed(tar, reader).catch((error) => reader.destroy(error));
  const entries: TarEntry[] = [];
  for await (const entry of reader) {
    const { name, type, size = 0 } = entry.header;
    const hash = createHash("sha256");
    const kept: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) {
      hash.update(chunk);
      if (size <= KEPT) kept.push(chunk);
    }
    entries.push({
      name,
      type: String(type),
      size,
      sha256: hash.digest("hex"),
      content: Buffer.concat(kept),
    });
  }
  await fed;
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function feed(tar: AsyncIterable<Uint8Array>, reader: ReturnType<typeof extract>): Promise<void> {
  for await (const chunk of tar) {
    if (!reader.write(chunk)) await once(reader, "drain");
  }
  reader.end(null);
}

/** An image index or manifest, as far as the tests look at it. */
interface Listing {
  readonly mediaType: string;
  readonly manifests?: readonly Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

/** What an exported image holds. */
export interface ExportedImage {
  /** Digests of the manifests that are in the tar, sorted. */
  readonly manifests: readonly string[];
  /** "os/arch[/variant]" of the configurations that are in the tar, sorted. */
  readonly platforms: readonly string[];
  /** Digests of the blobs that a manifest names and the tar has. */
  readonly blobs: readonly string[];
}

const BLOBS = "blobs/sha256/";

/** Follows index.json through all manifests of an exported image, and checks every blob against its name. */
export function readExport(entries: readonly TarEntry[]): ExportedImage {
  const files = new Map(entries.filter(({ type }) => type === "file").map((entry) => [entry.name, entry]));
  for (const { name, sha256 } of files.values()) {
    if (name.startsWith(BLOBS) && name !== BLOBS + sha256)
      throw new Error(`${name} has the sha256 ${sha256}`);
  }
  const parse = <T>(name: string): T | undefined => {
    const file = files.get(name);
    return file && (JSON.parse(file.content.toString()) as T);
  };
  const blob = (digest: string): string => BLOBS + digest.slice("sha256:".length);
  const manifests: string[] = [];
  const platforms: string[] = [];
  const blobs: string[] = [];
  const walk = (listing: Listing | undefined): void => {
    for (const { digest } of listing?.manifests ?? []) {
      const child = parse<Listing>(blob(digest));
      if (child?.config) {
        manifests.push(digest);
        const config = parse<NonNullable<Descriptor["platform"]>>(blob(child.config.digest));
        if (!config) throw new Error(`the configuration ${child.config.digest} is missing`);
        platforms.push([config.os, config.architecture, config.variant].filter(Boolean).join("/"));
        for (const part of [child.config, ...(child.layers ?? [])]) {
          if (!files.has(blob(part.digest))) throw new Error(`the blob ${part.digest} is missing`);
          blobs.push(part.digest);
        }
      }
      walk(child);
    }
  };
  const index = parse<Listing>("index.json");
  if (!index) throw new Error("the tar has no index.json");
  walk(index);
  return { manifests: manifests.sort(), platforms: platforms.sort(), blobs };
}

/** The sha256 of a file, in hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}
