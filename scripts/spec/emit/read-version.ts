import { join } from "node:path";
import { byAge } from "../api-versions.js";
import { correctedDocument } from "../correct/corrected-document.js";
import { lint } from "../correct/lint.js";
import { homeVersion, prefixOf } from "../offered-versions.js";
import type { OpenApi } from "../openapi.js";
import { readIfPresent } from "../read-if-present.js";
import type { Report } from "../report.js";
import { SpecError } from "../spec-error.js";
import { generatedFolder, type Workspace } from "../workspace.js";
import type { Model } from "./base.js";
import { emit, readModel } from "./emit-all.js";
import { isDraftReadme, type OpenPoints } from "./readme.js";
import type { Outputs } from "./swap-folder.js";

/** An API version, ready to be written. */
export interface Version extends OpenPoints {
  readonly api: string;
  readonly model: Model;
  /** The rules of the overlays that apply to some place. */
  readonly rules: readonly string[];
  /** What it was made from: the API version of a published description, or a file. */
  readonly start: string;
  /** It was made from the published description just now. */
  readonly isPublished: boolean;
}

/** Reads a version from its published description, or else from what is committed; undefined if there is neither. */
export async function readVersion(
  workspace: Workspace,
  api: string,
  source: string | undefined,
): Promise<Version | undefined> {
  const corrected = await correctedDocument(workspace, api, source);
  if (!corrected) return undefined;
  const { document, ...rest } = corrected;
  const problems = [...corrected.problems];
  const report: Report = (problem) => void problems.push(problem);
  // What is committed was linted when it was generated.
  if (corrected.isPublished) await lint(workspace, document, report);
  return { ...rest, api, model: await readModel(document, report), problems };
}

/** The versions of generated/ that are drafts: they compile, but have open points. */
export async function draftsOf(workspace: Workspace, versions: readonly string[]): Promise<Set<string>> {
  const drafts = new Set<string>();
  for (const api of versions) if (isDraftReadme(await committedReadme(workspace, api))) drafts.add(api);
  return drafts;
}

/** The README.md of a version in generated/, or "" if it has none. */
export async function committedReadme(workspace: Workspace, api: string): Promise<string> {
  const folder = join(generatedFolder(workspace), prefixOf(api, await homeVersion(workspace)));
  return readIfPresent(join(folder, "README.md"));
}

/** The files of each version, all but those of `home` on the base of the published version next to them. */
export function emitVersions(
  versions: readonly Version[],
  home: string,
  drafts: ReadonlySet<string>,
): Map<string, Outputs> {
  const published = new Map(
    versions.filter(({ api }) => !drafts.has(api)).map((version) => [version.api, version.model]),
  );
  return new Map(
    versions.map(({ api, model, ...open }) => {
      const points = drafts.has(api) ? open : undefined;
      if (api === home) return [api, emit(model, undefined, points)];
      const base = neighborOf(api, home, [...published.keys()]);
      const path = base === home ? "../" : `../v${base}/`;
      return [api, emit(model, { model: published.get(base) as Model, path }, points)];
    }),
  );
}

/** Descriptions of all versions except drafts. */
export const publishedOf = (versions: readonly Version[], drafts: ReadonlySet<string>): OpenApi[] =>
  versions.filter(({ api }) => !drafts.has(api)).map(({ model }) => model.document);

/** The published version that a version builds on: the next on the way to `home`. */
export function neighborOf(api: string, home: string, published: readonly string[]): string {
  const isBetween = (other: string): boolean => byAge(other, api) * byAge(other, home) <= 0 && other !== api;
  const [nearest] = published
    .filter(isBetween)
    .sort((a, b) => (byAge(api, home) > 0 ? byAge(b, a) : byAge(a, b)));
  return nearest ?? home;
}

/** Fails with all that is open in versions to publish, a line each. */
export function refuseProblems(versions: readonly Version[], drafts: ReadonlySet<string>): void {
  const problems = versions.filter(({ api }) => !drafts.has(api)).flatMap((version) => version.problems);
  if (problems.length > 0) throw new SpecError(problems.join("\nspec: "));
}
