import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { homeVersion, prefixOf } from "../offered-versions.js";
import type { OpenApi } from "../openapi.js";
import { loadDescription } from "../pull/description.js";
import { SpecError } from "../spec-error.js";
import { generatedFolder, type Workspace } from "../workspace.js";
import { correct } from "./correct.js";
import { loadOverlays } from "./overlay.js";

/** What repairs generated/. */
export const REPAIR = "Repair with: npm run spec -- pull && npm run spec -- generate";

export interface CorrectedDocument {
  readonly document: OpenApi;
  /** Where it was taken from, in words. */
  readonly start: string;
}

/**
 * The corrected description of an API version: from the published one or, in a clone that has none, the committed one.
 * Undefined if there is neither.
 */
export async function correctedDocument(
  workspace: Workspace,
  api: string,
  source: string | undefined,
): Promise<CorrectedDocument | undefined> {
  const swagger = await loadDescription(workspace, api, source);
  if (swagger) {
    const document = await correct(swagger, await loadOverlays(workspace));
    return { document, start: `the published description of API ${api}` };
  }
  const name = `${prefixOf(api, await homeVersion(workspace))}openapi.json`;
  const file = join(generatedFolder(workspace), name);
  try {
    return { document: JSON.parse(await readFile(file, "utf8")), start: `generated/${name}` };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SpecError(`${file} cannot be read as JSON: ${(cause as Error).message}. ${REPAIR}`, { cause });
  }
}
