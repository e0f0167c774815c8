import { correctedDocument } from "../correct/corrected-document.js";
import { SpecError } from "../spec-error.js";
import type { Workspace } from "../workspace.js";
import { worst } from "./change.js";
import { diffDocuments } from "./compare-documents.js";
import { type Format, formats, writeReport } from "./report.js";
import { judged, loadSeverity } from "./severity.js";

/** The exit code of `diff` by the semver bump it finds. */
export const EXIT_CODES = { none: 0, patch: 0, minor: 2, major: 3 } as const;

export async function diffCommand(
  workspace: Workspace,
  from: string,
  to: string,
  format: string,
  source: string | undefined,
): Promise<void> {
  const known = formats.find((one) => one === format);
  if (!known)
    throw new SpecError(`${JSON.stringify(format)} is not a format; choose one of ${formats.join(", ")}.`);
  const [before, after] = [await corrected(workspace, from, source), await corrected(workspace, to, source)];
  const changes = judged(diffDocuments(before, after), await loadSeverity(workspace));
  console.log(writeReport({ from, to, changes }, known satisfies Format));
  process.exitCode = EXIT_CODES[worst(changes)];
}

async function corrected(workspace: Workspace, api: string, source: string | undefined) {
  const { document } = (await correctedDocument(workspace, api, source)) ?? {};
  if (document) return document;
  throw new SpecError(
    `API ${api} is neither in spec/upstream/ nor in generated/. Fetch it with: npm run spec -- pull --api ${api} [--from FILE|DIR|URL]`,
  );
}
