import { resolve } from "node:path";
import { writeVersionsPage } from "../diff/versions-page.js";
import { homeVersion, offeredVersions } from "../offered-versions.js";
import { entriesOfOut, refuseOut, refuseSpecial } from "../refuse-out.js";
import { replaceFile } from "../replace-file.js";
import { SpecError } from "../spec-error.js";
import { versionsPage, type Workspace } from "../workspace.js";
import { emit } from "./emit-all.js";
import { replaceGenerated } from "./generated-folder.js";
import {
  draftsOf,
  emitVersions,
  publishedOf,
  readVersion,
  refuseProblems,
  type Version,
} from "./read-version.js";
import { type Outputs, swapIn } from "./swap-folder.js";

/** What every generated folder has. */
const DOCUMENT = "openapi.json";

export interface GenerateArguments {
  readonly api?: string;
  readonly out?: string;
  readonly draft?: boolean;
}

/** Writes generated/ and package.json, or one version to another folder. */
export async function generateCommand(
  workspace: Workspace,
  args: GenerateArguments,
  source: string | undefined,
): Promise<void> {
  if (args.out !== undefined) return generateOut(workspace, { ...args, out: args.out }, source);
  const home = await homeVersion(workspace);
  const offered = await offeredVersions(workspace);
  const drafts = await draftsOf(workspace, offered);
  const { api } = args;
  if (api !== undefined) {
    if (args.draft) drafts.add(api);
    else drafts.delete(api);
  }
  const isNew = api !== undefined && !offered.includes(api);
  const versions: Version[] = [];
  for (const version of isNew ? [...offered, api] : offered) {
    versions.push(await read(workspace, version, source, api === undefined || api === version));
  }
  refuseProblems(versions, drafts);
  for (const version of versions) {
    const { undocumented } = version;
    // Words may come later, but not after the version is published.
    if (isNew && version.api === api && undocumented.length > 0) drafts.add(api);
    if (drafts.has(version.api)) warnOpen(version);
    else refuseUndocumented(version.api, undocumented);
  }
  await replaceGenerated(workspace, emitVersions(versions, home, drafts));
  const documents = publishedOf(versions, drafts);
  await replaceFile(versionsPage(workspace), await writeVersionsPage(workspace, documents, home));
  console.log(`Wrote generated/ for API ${(api === undefined ? offered : [api]).join(", ")}`);
}

async function generateOut(
  workspace: Workspace,
  { api, out, draft }: GenerateArguments & { readonly out: string },
  source: string | undefined,
): Promise<void> {
  // Before the work.
  await entriesOfOut(out);
  const version = await read(workspace, api ?? (await homeVersion(workspace)), source, true);
  refuseProblems([version], new Set(draft ? [version.api] : []));
  const isDraft = draft || version.undocumented.length > 0;
  if (isDraft) warnOpen(version);
  const outputs = emit(version.model, undefined, isDraft ? version : undefined);
  await refuseOtherFiles(out, outputs);
  await swapIn(resolve(out), outputs);
  console.log(`Wrote API ${version.api} to ${out}: ${[...outputs.keys()].join(", ")}`);
}

/** Reads a version; one that is to be generated must have its published description. */
async function read(
  workspace: Workspace,
  api: string,
  source: string | undefined,
  isWanted: boolean,
): Promise<Version> {
  const version = await readVersion(workspace, api, source);
  if (version && (!isWanted || version.isPublished)) return version;
  throw new SpecError(
    `spec/upstream/v${api}.yaml does not exist. Fetch it with: npm run spec -- pull --api ${api} [--from FILE|DIR|URL]`,
  );
}

/** Fails if spec/docs does not completely describe a version that the package publishes. */
export function refuseUndocumented(api: string, places: readonly string[]): void {
  if (places.length > 0)
    throw new SpecError(`${countUndocumented(api, places)} Describe them in our own words.`);
}

/** Reports what is open in a draft, which its README lists. */
function warnOpen({ api, problems, undocumented }: Version): void {
  if (problems.length > 0)
    console.error(
      `Warning: API ${api} is a draft with ${problems.length} facts to settle; see its README.md.`,
    );
  if (undocumented.length > 0) console.error(`Warning: ${countUndocumented(api, undocumented)}`);
}

const NAMED = 20;

function countUndocumented(api: string, places: readonly string[]): string {
  const more = places.length > NAMED ? ` and ${places.length - NAMED} more` : "";
  const named = places.slice(0, NAMED).join(", ");
  return `spec/docs has no words for ${places.length} places of API ${api}: ${named}${more}.`;
}

/** The folder is replaced entirely, so it must be new, empty, or what an earlier run wrote. */
async function refuseOtherFiles(folder: string, outputs: Outputs): Promise<void> {
  const entries = await entriesOfOut(folder);
  if (entries.length === 0) return;
  const stray = entries.find(({ name }) => !outputs.has(name));
  if (stray !== undefined) refuseOut(folder, `holds ${stray.name}, which is not generated`);
  if (!entries.some(({ name }) => name === DOCUMENT))
    refuseOut(folder, `has no ${DOCUMENT} of an earlier run`);
  refuseSpecial(folder, entries);
}
