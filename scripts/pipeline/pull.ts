import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { lockEntry } from "./lock.js";
import { type Project, upstreamFile } from "./project.js";
import { SpecError } from "./spec-error.js";
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
  const partial = `${file}.${randomUUID()}.partial`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(partial, bytes);
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new SpecError(`Cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
  return file;
}
