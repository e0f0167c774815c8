import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { lockEntry } from "./lock.js";
import { type Project, upstreamFile } from "./project.js";
import { parseSwagger, readSource, verify } from "./upstream.js";

/**
 * Brings the published description of an API version to spec/upstream/. Nothing is written before the
 * bytes have proved to be the pinned ones, so a failure leaves the old file in place.
 */
export async function pull(project: Project, api: string, from?: string): Promise<string> {
  const entry = await lockEntry(project, api);
  const source = from ?? entry.url;
  const bytes = await readSource(source, api);
  parseSwagger(bytes, source);
  verify(bytes, entry, api, source);
  const file = upstreamFile(project, api);
  const partial = `${file}.${process.pid}.partial`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(partial, bytes);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return file;
}
