import { relative } from "node:path";
import { rulesOf } from "../correct/apply-overlay.js";
import { REPAIR } from "../correct/corrected-document.js";
import { loadOverlays } from "../correct/overlay.js";
import { writeVersionsPage } from "../diff/versions-page.js";
import { homeVersion, offeredVersions } from "../offered-versions.js";
import { readLock } from "../pull/lock.js";
import { readIfPresent } from "../read-if-present.js";
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
  { draft, all }: { readonly draft?: boolean; readonly all?: boolean },
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
  const start = startsOf(versions);
  const outputs = emitVersions(versions, home, drafts);
  for (const { api, isPublished } of versions) {
    // Only the published description tells what is open in a draft.
    if (isPublished || !drafts.has(api)) continue;
    const readme = await committedReadme(workspace, api);
    outputs.set(api, new Map(outputs.get(api)).set("README.md", readme));
  }
  const stale = await staleFiles(workspace, outputs);
  const page = await writeVersionsPage(workspace, publishedOf(versions, drafts), home);
  const current = await readIfPresent(versionsPage(workspace));
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
  if (all) await surveyOthers(workspace, versions, source);
}

/** What versions were made from, in words. */
function startsOf(versions: readonly Version[]): string {
  const published = versions.filter(({ isPublished }) => isPublished).map(({ start }) => start);
  const files = versions.filter(({ isPublished }) => !isPublished).map(({ start }) => start);
  const plural = published.length > 1 ? "descriptions" : "description";
  const descriptions = published.length > 0 ? [`the published ${plural} of API ${listed(published)}`] : [];
  return [...descriptions, ...(files.length > 0 ? [listed(files)] : [])].join(", and ");
}

const listed = (words: readonly string[]): string => new Intl.ListFormat("en-GB").format(words);

/** Tries the other versions that are at hand as drafts, counts their open points, and looks for rules that apply to none. */
async function surveyOthers(
  workspace: Workspace,
  offered: readonly Version[],
  source: string | undefined,
): Promise<void> {
  const known = new Set(offered.map(({ api }) => api));
  const others: Version[] = [];
  for (const api of Object.keys(await readLock(workspace))) {
    if (known.has(api)) continue;
    const version = await readVersion(workspace, api, source);
    // In a clone, only what is pulled is at hand.
    if (version) others.push(version);
  }
  for (const { api, problems, undocumented } of [...offered, ...others]) {
    console.log(`API ${api}: ${problems.length} facts and ${undocumented.length} words to settle`);
  }
  if (!offered.every(({ isPublished }) => isPublished)) return;
  const applied = new Set([...offered, ...others].flatMap(({ rules }) => rules));
  const idle = rulesOf(await loadOverlays(workspace)).filter((rule) => !applied.has(rule));
  if (idle.length > 0) {
    throw new SpecError(
      `These rules apply to no version; correct their targets, or remove them: ${idle.join("; ")}`,
    );
  }
}
