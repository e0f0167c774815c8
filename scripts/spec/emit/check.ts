import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { REPAIR } from "../correct/corrected-document.js";
import { writeVersionsPage } from "../diff/versions-page.js";
import { homeVersion, offeredVersions } from "../offered-versions.js";
import { SpecError } from "../spec-error.js";
import { versionsPage, type Workspace } from "../workspace.js";
import { refuseUndocumented } from "./generate.js";
import { staleFiles } from "./generated-folder.js";
import {
  committedReadme,
  draftsOf,
  emitVersions,
  publishedOf,
  readVersion,
  refuseProblems,
  type Version,
} from "./read-version.js";

/** Fails if generated/ or package.json is not what generate would write, or if a version is a draft. */
export async function checkCommand(
  workspace: Workspace,
  { draft }: { readonly draft?: boolean },
  source: string | undefined,
): Promise<void> {
  const home = await homeVersion(workspace);
  const offered = await offeredVersions(workspace);
  const drafts = await draftsOf(workspace, offered);
  const versions: Version[] = [];
  for (const api of offered) {
    const version = await readVersion(workspace, api, source);
    if (!version) throw new SpecError(`generated/ has no openapi.json of API ${api}. ${REPAIR}`);
    versions.push(version);
  }
  refuseProblems(versions, drafts);
  for (const { api, undocumented } of versions) if (!drafts.has(api)) refuseUndocumented(api, undocumented);
  const start = versions.map((version) => version.start).join(" and ");
  const outputs = emitVersions(versions, home, drafts);
  for (const { api, isPublished } of versions) {
    // Only the published description tells what is open in a draft.
    if (isPublished || !drafts.has(api)) continue;
    const readme = await committedReadme(workspace, api);
    outputs.set(api, new Map(outputs.get(api)).set("README.md", readme));
  }
  const stale = await staleFiles(workspace, outputs);
  const page = await writeVersionsPage(workspace, publishedOf(versions, drafts), home);
  const current = await readFile(versionsPage(workspace), "utf8").catch(() => "");
  if (page !== current) stale.push(relative(workspace.root, versionsPage(workspace)));
  if (stale.length > 0) {
    throw new SpecError(
      `generated/ differs from what its sources give (starting from ${start}): ${stale.join(", ")}. ${REPAIR}`,
    );
  }
  if (drafts.size > 0 && !draft) {
    throw new SpecError(
      `generated/ holds drafts, of API ${[...drafts].join(", ")}. Settle the open points in their README.md, or ` +
        "accept them with --draft.",
    );
  }
  console.log(`generated/ is up to date (checked from ${start})`);
}
