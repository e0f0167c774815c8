import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { generate } from "../pipeline/generate.js";
import { type Outputs, swapIn } from "../pipeline/outputs.js";
import { loadOverlays } from "../pipeline/overlay.js";
import type { Project } from "../pipeline/project.js";
import { publish } from "../pipeline/publish.js";
import { SpecError } from "../pipeline/spec-error.js";
import { loadUpstream } from "../pipeline/upstream.js";
import { homeVersion } from "../pipeline/versions.js";
import { offeredVersions } from "./versions.js";

export interface GenerateArguments {
  readonly api?: string;
  readonly out?: string;
}

export async function generateCommand(
  project: Project,
  { api, out }: GenerateArguments,
  source: string | undefined,
): Promise<void> {
  if (out !== undefined) {
    const version = api ?? (await homeVersion(project));
    const outputs = await fromUpstream(project, version, source);
    await refuseOthers(out, outputs);
    await swapIn(resolve(out), outputs);
    console.log(`Wrote API ${version} to ${out}: ${[...outputs.keys()].join(", ")}`);
    return;
  }
  const generated = new Map<string, Outputs>();
  for (const version of api === undefined ? await offeredVersions(project) : [api]) {
    generated.set(version, await fromUpstream(project, version, source));
  }
  await publish(project, generated);
  console.log(`Wrote generated/ for API ${[...generated.keys()].join(", ")}`);
}

async function fromUpstream(project: Project, api: string, source: string | undefined): Promise<Outputs> {
  const swagger = await loadUpstream(project, api, source);
  if (swagger) return generate(project, swagger, await loadOverlays(project));
  throw new SpecError(
    `spec/upstream/v${api}.yaml is not there. Fetch it with: npm run spec -- pull --api ${api} [--from FILE|DIR|URL]`,
  );
}

/** The folder is replaced as a whole, so it must not hold anything else. */
async function refuseOthers(folder: string, outputs: Outputs): Promise<void> {
  const stray = (await readdir(folder).catch(() => [])).find((name) => !outputs.has(name));
  if (stray !== undefined) {
    throw new SpecError(
      `${folder} holds ${stray}, which is not generated. Name a folder of its own with --out.`,
    );
  }
}
