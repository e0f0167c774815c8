import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { correct } from "../correct/correct.js";
import { lint } from "../correct/lint.js";
import { loadOverlays, type Overlay } from "../correct/overlay.js";
import { requireWords } from "../correct/words.js";
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

/** Writes generated/ and package.json, or one version to a folder of its own. */
export async function generateCommand(
  workspace: Workspace,
  { api, out }: GenerateArguments,
  source: string | undefined,
): Promise<void> {
  if (out !== undefined) {
    const version = api ?? (await homeVersion(workspace));
    const outputs = await fromDescription(workspace, version, source);
    await refuseOtherFiles(out, outputs);
    await swapIn(resolve(out), outputs);
    console.log(`Wrote API ${version} to ${out}: ${[...outputs.keys()].join(", ")}`);
    return;
  }
  const generated = new Map<string, Outputs>();
  for (const version of api === undefined ? await offeredVersions(workspace) : [api]) {
    generated.set(version, await fromDescription(workspace, version, source));
  }
  await replaceGenerated(workspace, generated);
  console.log(`Wrote generated/ for API ${[...generated.keys()].join(", ")}`);
}

/** All generated files of a published description, linted. */
export async function generate(
  workspace: Workspace,
  swagger: Swagger,
  overlays: ReadonlyMap<string, Overlay>,
): Promise<Outputs> {
  const document = await correct(swagger, overlays);
  requireWords(document);
  await lint(workspace, document);
  return emit(document);
}

async function fromDescription(
  workspace: Workspace,
  api: string,
  source: string | undefined,
): Promise<Outputs> {
  const swagger = await loadDescription(workspace, api, source);
  if (swagger) return generate(workspace, swagger, await loadOverlays(workspace));
  throw new SpecError(
    `spec/upstream/v${api}.yaml does not exist. Fetch it with: npm run spec -- pull --api ${api} [--from FILE|DIR|URL]`,
  );
}

/** The folder is replaced as a whole, so it must not hold anything else. */
async function refuseOtherFiles(folder: string, outputs: Outputs): Promise<void> {
  const stray = (await readdir(folder).catch(() => [])).find((name) => !outputs.has(name));
  if (stray !== undefined) {
    throw new SpecError(`${folder} holds ${stray}, which is not generated. Give --out a folder of its own.`);
  }
}
