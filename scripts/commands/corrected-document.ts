import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { correct } from "../pipeline/generate.js";
import type { OpenApi } from "../pipeline/openapi.js";
import { loadOverlays } from "../pipeline/overlay.js";
import { generatedFolder, type Project } from "../pipeline/project.js";
import { SpecError } from "../pipeline/spec-error.js";
import { loadUpstream } from "../pipeline/upstream.js";
import { homeVersion, prefixOf } from "../pipeline/versions.js";

/** What mends generated/. */
export const REPAIR = "Repair with: npm run spec -- pull && npm run spec -- generate";

export interface CorrectedDocument {
  readonly document: OpenApi;
  /** Where it was taken from, in words. */
  readonly start: string;
}

/**
 * The corrected description of an API version: from the published one, or, in a clone that has none, the committed one.
 * Undefined if there is neither.
 */
export async function correctedDocument(
  project: Project,
  api: string,
  source: string | undefined,
): Promise<CorrectedDocument | undefined> {
  const swagger = await loadUpstream(project, api, source);
  if (swagger) {
    const document = await correct(swagger, await loadOverlays(project));
    return { document, start: `the published description of API ${api}` };
  }
  const name = `${prefixOf(api, await homeVersion(project))}openapi.json`;
  const file = join(generatedFolder(project), name);
  try {
    return { document: JSON.parse(await readFile(file, "utf8")), start: `generated/${name}` };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SpecError(`${file} cannot be read as JSON: ${(cause as Error).message}. ${REPAIR}`, { cause });
  }
}
