import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { homeVersion, prefixOf } from "../offered-versions.js";
import { loadDescription } from "../pull/description.js";
import { SpecError } from "../spec-error.js";
import { generatedFolder, type Workspace } from "../workspace.js";
import { type Corrected, correct, loadCorrections } from "./correct.js";

/** The command that repairs generated/. */
export const REPAIR = "Repair with: npm run spec -- pull && npm run spec -- generate";

export interface CorrectedDocument extends Corrected {
  /** Its source, in words. */
  readonly start: string;
}

/**
 * The corrected description of an API version: made from the published one or, in a clone without it, the committed one.
 * Undefined if there is neither.
 */
export async function correctedDocument(
  workspace: Workspace,
  api: string,
  source: string | undefined,
): Promise<CorrectedDocument | undefined> {
  const swagger = await loadDescription(workspace, api, source);
  if (swagger) {
    const corrected = await correct(swagger, await loadCorrections(workspace));
    return { ...corrected, start: `the published description of API ${api}` };
  }
  const name = `${prefixOf(api, await homeVersion(workspace))}openapi.json`;
  const file = join(generatedFolder(workspace), name);
  try {
    // The committed one was complete when it was generated.
    const document = JSON.parse(await readFile(file, "utf8"));
    return { document, undocumented: [], start: `generated/${name}` };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SpecError(`${file} cannot be read as JSON: ${(cause as Error).message}. ${REPAIR}`, { cause });
  }
}
