import { byAge } from "../pipeline/api-range.js";
import { readLock } from "../pipeline/lock.js";
import type { Project } from "../pipeline/project.js";
import { SpecError } from "../pipeline/spec-error.js";
import { homeVersion, otherVersions } from "../pipeline/versions.js";

/** The API versions that generated/ offers, the package's own first. */
export const offeredVersions = async (project: Project): Promise<string[]> => [
  await homeVersion(project),
  ...(await otherVersions(project)),
];

/** The newest API version that spec/lock.json knows. */
export async function newestLocked(project: Project): Promise<string> {
  const newest = Object.keys(await readLock(project))
    .sort(byAge)
    .at(-1);
  if (newest) return newest;
  throw new SpecError("spec/lock.json knows no version. Add one with: npm run spec -- pull --latest");
}
