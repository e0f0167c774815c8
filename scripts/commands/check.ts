import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { emit, generate } from "../pipeline/generate.js";
import { lint } from "../pipeline/lint.js";
import { readLock } from "../pipeline/lock.js";
import { newsSince } from "../pipeline/moby.js";
import type { OpenApi } from "../pipeline/openapi.js";
import type { Outputs } from "../pipeline/outputs.js";
import { loadOverlays } from "../pipeline/overlay.js";
import { generatedFolder, type Project } from "../pipeline/project.js";
import { unpublished } from "../pipeline/publish.js";
import { SpecError } from "../pipeline/spec-error.js";
import { loadUpstream } from "../pipeline/upstream.js";
import { homeVersion, prefixOf } from "../pipeline/versions.js";
import { offeredVersions } from "./versions.js";

const REPAIR = "Repair with: npm run spec -- pull && npm run spec -- generate";

/** The exit code of `check --online` when upstream has something new. */
export const NEWS = 3;

export async function checkCommand(project: Project, source: string | undefined): Promise<void> {
  const home = await homeVersion(project);
  const generated = new Map<string, Outputs>();
  const starts: string[] = [];
  for (const api of await offeredVersions(project)) {
    const swagger = await loadUpstream(project, api, source);
    const document = `${prefixOf(api, home)}openapi.json`;
    starts.push(swagger ? `the published description of API ${api}` : `generated/${document}`);
    generated.set(
      api,
      swagger
        ? await generate(project, swagger, await loadOverlays(project))
        : await fromCommitted(project, join(generatedFolder(project), document)),
    );
  }
  const start = starts.join(" and ");
  const differing = await unpublished(project, generated);
  if (differing.length > 0) {
    throw new SpecError(
      `generated/ is not what its sources give (starting from ${start}): ${differing.join(", ")}. ${REPAIR}`,
    );
  }
  console.log(`generated/ is up to date (checked from ${start})`);
}

/** A clone has no upstream file: what follows from the committed description can still be checked. */
async function fromCommitted(project: Project, file: string): Promise<Outputs> {
  let document: OpenApi;
  try {
    document = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new SpecError(`${file} cannot be read as JSON: ${(cause as Error).message}. ${REPAIR}`, { cause });
  }
  await lint(project, document);
  return emit(document);
}

export async function checkOnlineCommand(project: Project): Promise<void> {
  const lock = await readLock(project);
  const news = await newsSince(lock);
  if (news.length === 0) {
    console.log(`Upstream has nothing new: ${Object.keys(lock).join(", ")} are as spec/lock.json pins them`);
    return;
  }
  console.log(news.join("\n"));
  process.exitCode = NEWS;
}
