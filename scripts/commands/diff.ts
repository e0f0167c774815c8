import { worst } from "../pipeline/diff/change.js";
import { diffDocuments } from "../pipeline/diff/documents.js";
import { type Format, formats, writeReport } from "../pipeline/diff/report.js";
import type { Project } from "../pipeline/project.js";
import { SpecError } from "../pipeline/spec-error.js";
import { correctedDocument } from "./corrected-document.js";

/** The exit code of `diff` by the semver bump it finds. */
export const EXIT_CODES = { none: 0, patch: 0, minor: 2, major: 3 } as const;

export async function diffCommand(
  project: Project,
  from: string,
  to: string,
  format: string,
  source: string | undefined,
): Promise<void> {
  const known = formats.find((one) => one === format);
  if (!known)
    throw new SpecError(`${JSON.stringify(format)} is no format; state one of ${formats.join(", ")}.`);
  const [before, after] = [await corrected(project, from, source), await corrected(project, to, source)];
  const changes = diffDocuments(before, after);
  console.log(writeReport({ from, to, changes }, known satisfies Format));
  process.exitCode = EXIT_CODES[worst(changes)];
}

async function corrected(project: Project, api: string, source: string | undefined) {
  const { document } = (await correctedDocument(project, api, source)) ?? {};
  if (document) return document;
  throw new SpecError(
    `API ${api} is neither in spec/upstream/ nor in generated/. Fetch it with: npm run spec -- pull --api ${api} [--from FILE|DIR|URL]`,
  );
}
