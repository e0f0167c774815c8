import { emit } from "../pipeline/generate.js";
import { lint } from "../pipeline/lint.js";
import { readLock } from "../pipeline/lock.js";
import { newsSince } from "../pipeline/moby.js";
import type { Outputs } from "../pipeline/outputs.js";
import type { Project } from "../pipeline/project.js";
import { unpublished } from "../pipeline/publish.js";
import { SpecError } from "../pipeline/spec-error.js";
import { correctedDocument, REPAIR } from "./corrected-document.js";
import { offeredVersions } from "./versions.js";

/** The exit code of `check --online` when upstream has something new. */
export const NEWS = 2;

export async function checkCommand(project: Project, source: string | undefined): Promise<void> {
  const generated = new Map<string, Outputs>();
  const starts: string[] = [];
  for (const api of await offeredVersions(project)) {
    const corrected = await correctedDocument(project, api, source);
    if (!corrected) throw new SpecError(`generated/ has no openapi.json of API ${api}. ${REPAIR}`);
    await lint(project, corrected.document);
    starts.push(corrected.start);
    generated.set(api, await emit(corrected.document));
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
