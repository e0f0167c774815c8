import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { type Corrections, correct, loadCorrections } from "../correct/correct.js";
import { lint } from "../correct/lint.js";
import { homeVersion, offeredVersions } from "../offered-versions.js";
import { loadDescription, type Swagger } from "../pull/description.js";
import { SpecError } from "../spec-error.js";
import type { Workspace } from "../workspace.js";
import { emit } from "./emit-all.js";
import { replaceGenerated } from "./generated-folder.js";
import { type Outputs, swapIn } from "./swap-folder.js";

export interface GenerateArguments {
  readonly api?: string;
  readonly out?: string;
}

/** Writes generated/ and package.json, or one version to another folder. */
export async function generateCommand(
  workspace: Workspace,
  { api, out }: GenerateArguments,
  source: string | undefined,
): Promise<void> {
  if (out !== undefined) {
    const version = api ?? (await homeVersion(workspace));
    const outputs = await fromDescription(workspace, version, source, warnUndocumented);
    await refuseOtherFiles(out, outputs);
    await swapIn(resolve(out), outputs);
    console.log(`Wrote API ${version} to ${out}: ${[...outputs.keys()].join(", ")}`);
    return;
  }
  const generated = new Map<string, Outputs>();
  const published = await offeredVersions(workspace);
  for (const version of api === undefined ? published : [api]) {
    const onUndocumented = published.includes(version) ? refuseUndocumented : warnUndocumented;
    generated.set(version, await fromDescription(workspace, version, source, onUndocumented));
  }
  await replaceGenerated(workspace, generated);
  console.log(`Wrote generated/ for API ${[...generated.keys()].join(", ")}`);
}

/** All generated files of a published description, linted; `onUndocumented` gets the places without words. */
export async function generate(
  workspace: Workspace,
  swagger: Swagger,
  corrections: Corrections,
  onUndocumented: OnUndocumented,
): Promise<Outputs> {
  const { document, undocumented } = await correct(swagger, corrections);
  onUndocumented(document.info.version, undocumented);
  await lint(workspace, document);
  return emit(document);
}

type OnUndocumented = (api: string, places: readonly string[]) => void;

/** Fails if spec/docs does not completely describe a version that the package publishes. */
export function refuseUndocumented(api: string, places: readonly string[]): void {
  if (places.length > 0)
    throw new SpecError(`${countUndocumented(api, places)} Describe them in our own words.`);
}

/** Reports how many places of an unpublished version spec/docs does not describe. */
function warnUndocumented(api: string, places: readonly string[]): void {
  if (places.length > 0) console.error(`Warning: ${countUndocumented(api, places)}`);
}

const NAMED = 20;

function countUndocumented(api: string, places: readonly string[]): string {
  const more = places.length > NAMED ? ` and ${places.length - NAMED} more` : "";
  const named = places.slice(0, NAMED).join(", ");
  return `spec/docs has no words for ${places.length} places of API ${api}: ${named}${more}.`;
}

async function fromDescription(
  workspace: Workspace,
  api: string,
  source: string | undefined,
  onUndocumented: OnUndocumented,
): Promise<Outputs> {
  const swagger = await loadDescription(workspace, api, source);
  if (swagger) return generate(workspace, swagger, await loadCorrections(workspace), onUndocumented);
  throw new SpecError(
    `spec/upstream/v${api}.yaml does not exist. Fetch it with: npm run spec -- pull --api ${api} [--from FILE|DIR|URL]`,
  );
}

/** The folder is replaced entirely, so it must not contain anything else. */
async function refuseOtherFiles(folder: string, outputs: Outputs): Promise<void> {
  const stray = (await readdir(folder).catch(() => [])).find((name) => !outputs.has(name));
  if (stray !== undefined) {
    throw new SpecError(`${folder} holds ${stray}, which is not generated. Give --out a folder of its own.`);
  }
}
