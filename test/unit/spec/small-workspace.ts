import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseSwagger, type Swagger } from "../../../scripts/spec/pull/description.js";
import type { Workspace } from "../../../scripts/spec/workspace.js";

export const repository = process.cwd();
const fixtures = join(repository, "test", "unit", "spec", "fixtures");

/** The API version, file, bytes and parsed form of the small description in test/fixtures. */
export const api = "9.9";
export const smallFile = join(fixtures, `v${api}.yaml`);
export const smallBytes = readFileSync(smallFile);
export const smallSwagger = (): Swagger => parseSwagger(smallBytes, smallFile);

export const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

export const lockEntry = {
  repository: "https://example.org/boxes",
  commit: "c0ffee",
  path: `api/v${api}.yaml`,
  url: "http://127.0.0.1:9/unused.yaml",
  sha256: sha256(smallBytes),
};

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone when the test file ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pipeline-"));
  made.push(folder);
  return folder;
}

/** A workspace around the small description: lock, corrections, docs and our redocly.yaml; nothing pulled or generated. */
export function smallWorkspace(entry: Partial<typeof lockEntry> = {}): Workspace {
  const root = temporaryFolder();
  mkdirSync(join(root, "spec"));
  writeFileSync(join(root, "spec", "lock.json"), JSON.stringify({ [api]: { ...lockEntry, ...entry } }));
  for (const folder of ["overlays", "required.yaml", "names.yaml", "docs"])
    cpSync(join(fixtures, folder), join(root, "spec", folder), { recursive: true });
  cpSync(join(repository, "redocly.yaml"), join(root, "redocly.yaml"));
  return { root };
}
