import { correctedDocument, REPAIR } from "../correct/corrected-document.js";
import { lint } from "../correct/lint.js";
import { offeredVersions } from "../offered-versions.js";
import { SpecError } from "../spec-error.js";
import type { Workspace } from "../workspace.js";
import { emit } from "./emit-all.js";
import { refuseUndocumented } from "./generate.js";
import { staleFiles } from "./generated-folder.js";
import type { Outputs } from "./swap-folder.js";

/** Fails if generated/ or package.json is not what generate would write. */
export async function checkCommand(workspace: Workspace, source: string | undefined): Promise<void> {
  const generated = new Map<string, Outputs>();
  const starts: string[] = [];
  for (const api of await offeredVersions(workspace)) {
    const corrected = await correctedDocument(workspace, api, source);
    if (!corrected) throw new SpecError(`generated/ has no openapi.json of API ${api}. ${REPAIR}`);
    refuseUndocumented(api, corrected.undocumented);
    await lint(workspace, corrected.document);
    starts.push(corrected.start);
    generated.set(api, await emit(corrected.document));
  }
  const start = starts.join(" and ");
  const stale = await staleFiles(workspace, generated);
  if (stale.length > 0) {
    throw new SpecError(
      `generated/ differs from what its sources give (starting from ${start}): ${stale.join(", ")}. ${REPAIR}`,
    );
  }
  console.log(`generated/ is up to date (checked from ${start})`);
}
